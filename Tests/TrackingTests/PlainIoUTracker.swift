import ShrikeCore

/// The yardstick: each detection goes to the track whose last box overlaps it most, no motion, no camera, one round.
struct PlainIoUTracker: TrackingStage {
    var live: [Track] = []
    var nextID = 1
    var minimumIoU = 0.3
    var maximumMisses = 15

    mutating func update(_ analysis: FrameAnalysis) -> [Track] {
        var pairs: [(iou: Double, track: Int, detection: Int)] = []
        for t in live.indices {
            for d in analysis.detections.indices where live[t].className == analysis.detections[d].className {
                let iou = live[t].box.iou(analysis.detections[d].box)
                if iou >= minimumIoU { pairs.append((iou, t, d)) }
            }
        }
        pairs.sort { ($1.iou, $0.track, $0.detection) < ($0.iou, $1.track, $1.detection) }
        var detectionOf: [Int: Int] = [:]
        var taken: Set<Int> = []
        for pair in pairs where detectionOf[pair.track] == nil && !taken.contains(pair.detection) {
            detectionOf[pair.track] = pair.detection
            taken.insert(pair.detection)
        }
        for t in live.indices {
            if let d = detectionOf[t] {
                live[t].detection = analysis.detections[d]
                live[t].box = analysis.detections[d].box
                live[t].hits += 1
                live[t].misses = 0
                (live[t].lastSeen, live[t].lastFrame) = (analysis.mediaTime, analysis.frameIndex)
            } else {
                live[t].detection = nil
                live[t].misses += 1
                live[t].hasEnded = live[t].misses >= maximumMisses
            }
        }
        for d in analysis.detections.indices where !taken.contains(d) {
            let detection = analysis.detections[d]
            live.append(
                Track(
                    id: nextID, scene: detection.scene, className: detection.className, box: detection.box,
                    detection: detection, best: detection, firstSeen: analysis.mediaTime,
                    firstFrame: analysis.frameIndex, lastSeen: analysis.mediaTime, lastFrame: analysis.frameIndex,
                    hits: 1, misses: 0, hasEnded: false))
            nextID += 1
        }
        let mentioned = live
        live.removeAll { $0.hasEnded }
        return mentioned
    }

    mutating func keep(motion: AffineTransform2D?) -> [Track] { live }

    mutating func finish() -> [Track] {
        defer { live = [] }
        return live
    }
}
