public import ShrikeCore

/// Follows defects over frames: one track per physical thing, however many frames show it.
///
/// Per scene, each live track is predicted by a constant-velocity Kalman filter in coordinates that follow the camera
/// (``FrameAnalysis/cameraMotion`` moves places, speeds and sizes into the new picture). Then, in the manner of ByteTrack
/// (Y. Zhang et al., ECCV 2022), detections are joined in rounds, each solved for the least total cost:
/// 1. confirmed tracks with detections above the class's threshold,
/// 2. those left over with weaker ones, down to the threshold lowered by the scene's hysteresis,
/// 3. young tracks with what is left above the threshold,
/// 4. tracks and detections of different classes of the scene whose boxes coincide.
///
/// A detection above the threshold that nothing claims starts a track, unless it coincides with a detection of another
/// class that was claimed or started one: two names for one box are one thing, and only vote for its class. The class of a track is the one
/// with the greatest sum of scores. Different scenes never share a track.
///
/// Of independent stills (`isMotion` false) every detection is a track of its own that ends at once.
///
/// Boxes that are empty or not finite are ignored.
public struct DefectTracker: TrackingStage {
    /// What the tracker remembers from frame to frame, apart from its settings.
    public struct Memory: Hashable, Sendable, Codable {
        var live: [LiveTrack] = []
        var nextID = 1
    }

    public var memory = Memory()
    private let scenes: [SceneTracking]
    private let isMotion: Bool
    private let settings: TrackingSettings

    /// - Parameters:
    ///   - scenes: thresholds and persistence by scene name; detections of a scene that is not named here follow the
    ///     default persistence without threshold.
    ///   - isMotion: whether frames follow each other in time; see ``SourceInfo/isMotion``.
    public init(scenes: [SceneDefinition], isMotion: Bool, settings: TrackingSettings = TrackingSettings()) {
        (self.scenes, self.isMotion, self.settings) = (scenes.map(SceneTracking.init), isMotion, settings)
    }

    /// Whether there is anything that the camera's motion could move.
    public var isFollowing: Bool { !memory.live.isEmpty }

    public mutating func update(_ analysis: FrameAnalysis) -> [Track] {
        let detections = analysis.detections.filter { $0.box.isUsable && $0.score.isFinite }
        guard isMotion else { return stillTracks(detections, analysis: analysis) }
        let motion = analysis.cameraMotion.flatMap { $0.isPlausible ? $0 : nil }
        for i in memory.live.indices { memory.live[i].predict(motion: motion, settings: settings) }
        var names: [String] = []
        for name in memory.live.map(\.track.scene) + detections.map(\.scene) where !names.contains(name) {
            names.append(name)
        }
        for name in names {
            follow(scene(name), detections: detections.filter { $0.scene == name }, analysis: analysis)
        }
        memory.live.sort { $0.track.id < $1.track.id }
        let mentioned = memory.live.map(\.track)
        memory.live.removeAll { $0.track.hasEnded }
        return mentioned
    }

    public mutating func keep(motion: AffineTransform2D?) -> [Track] {
        if let motion, motion.isPlausible {
            for i in memory.live.indices { memory.live[i].move(by: motion) }
        }
        return memory.live.map(\.track)
    }

    public mutating func finish() -> [Track] {
        let ended = memory.live.map { live in
            var track = live.track
            track.hasEnded = true
            track.detection = nil
            return track
        }
        memory.live = []
        return ended
    }

    private func scene(_ name: String) -> SceneTracking {
        scenes.first { $0.name == name }
            ?? SceneTracking(SceneDefinition(name: name, version: "", kind: .detector, classes: []))
    }

    private mutating func stillTracks(_ detections: [Detection], analysis: FrameAnalysis) -> [Track] {
        detections.filter { $0.score >= scene($0.scene).startThreshold($0.className) }.map { detection in
            var live = LiveTrack(id: takeID(), detection: detection, analysis: analysis, settings: settings)
            live.end()
            return live.track
        }
    }

    private mutating func takeID() -> Int {
        defer { memory.nextID += 1 }
        return memory.nextID
    }

    private mutating func follow(_ scene: SceneTracking, detections: [Detection], analysis: FrameAnalysis) {
        var round = AssociationRound(
            tracks: memory.live.indices.filter { memory.live[$0].track.scene == scene.name },
            detections: detections, settings: settings)
        let strong = detections.indices.filter {
            detections[$0].score >= scene.startThreshold(detections[$0].className)
        }
        let weak = detections.indices.filter {
            let d = detections[$0]
            return d.score < scene.startThreshold(d.className) && d.score >= scene.continueThreshold(d.className)
        }
        round.join(memory.live, detections: strong) { scene.isConfirmed($0) }
        round.join(memory.live, detections: weak) { scene.isConfirmed($0) }
        round.join(memory.live, detections: strong) { !scene.isConfirmed($0) }
        round.joinAcrossClasses(memory.live, detections: strong)
        for (track, detection) in round.pairs {
            memory.live[track].take(detections[detection], analysis: analysis, settings: settings)
        }
        for track in round.freeTracks {
            memory.live[track].miss()
            if scene.hasLost(memory.live[track].track) { memory.live[track].end() }
        }
        for index in strong where round.isFree(detection: index) {
            if let track = round.trackOfCoincident(detections[index]) {
                memory.live[track].vote(for: detections[index])
            } else {
                memory.live.append(
                    LiveTrack(id: takeID(), detection: detections[index], analysis: analysis, settings: settings))
                round.claim(index, for: memory.live.count - 1)
            }
        }
    }
}

extension AffineTransform2D {
    /// What a camera can do between two frames; anything else is a failed measurement and counts as none.
    fileprivate var isPlausible: Bool {
        [a, b, tx, c, d, ty].allSatisfy { abs($0) < 100_000 } && (0.5...2).contains(lengthScale)
    }
}
