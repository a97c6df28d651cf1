import Alerting
import ShrikeCore

/// Feeds a policy frame by frame with tracks made by hand.
struct AlertStory {
    var policy: DefectAlertPolicy
    var frame = 0
    private var tracks: [Int: Track] = [:]

    init(_ scene: SceneDefinition, isMotion: Bool = true) {
        policy = DefectAlertPolicy(scenes: [scene], isMotion: isMotion)
    }

    /// What one frame says of one track; no score means that the track was not detected.
    struct Seen {
        var id = 1
        var x = 320.0
        var y = 256.0
        var score: Double?
        var className = "hot"
        var thermal: ThermalReading?
        var hasEnded = false
    }

    mutating func see(_ seen: Seen..., motion: AffineTransform2D? = .identity) -> [AlertDecision] {
        let time = MediaTime(milliseconds: Int64(frame) * 100)
        for s in seen {
            let box = Box(x: s.x - 10, y: s.y - 10, width: 20, height: 20)
            let detection = s.score.map {
                Detection(scene: "roof", className: s.className, score: $0, box: box, thermal: s.thermal)
            }
            var track =
                tracks[s.id]
                ?? Track(
                    id: s.id, scene: "roof", className: s.className, box: box, detection: nil,
                    best: detection ?? Detection(scene: "roof", className: s.className, score: 0, box: box),
                    firstSeen: time, firstFrame: Int64(frame), lastSeen: time, lastFrame: Int64(frame), hits: 0,
                    misses: 0, hasEnded: false)
            (track.className, track.box, track.detection, track.hasEnded) = (s.className, box, detection, s.hasEnded)
            if let detection {
                if detection.score > track.best.score { track.best = detection }
                track.hits += 1
                track.misses = 0
                (track.lastSeen, track.lastFrame) = (time, Int64(frame))
            } else {
                track.misses += 1
            }
            tracks[s.id] = track
        }
        defer { frame += 1 }
        return policy.update(
            tracks: seen.compactMap { tracks[$0.id] },
            analysis: FrameAnalysis(
                frameIndex: Int64(frame), mediaTime: time, width: 640, height: 512, detections: [],
                cameraMotion: motion))
    }
}
