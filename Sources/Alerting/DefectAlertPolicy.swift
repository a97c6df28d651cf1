public import ShrikeCore

/// Turns tracks into alerts: one per physical defect.
///
/// - Confirmation: a track becomes an alert when `hits` of its last `window` frames count. A frame counts when it detected
///   the track, the score reaches the class's threshold (once the alert is open: the threshold lowered by the hysteresis)
///   and the box's center lies where zones allow it (see `ZoneVerdict`). Only classes with `alerts` raise any.
/// - Grade: by ``SceneDefinition/gradeRules``, the first rule that gives a grade, else by the class (rule
///   `class-default`). A grade counts when `hits` frames within `window` reach it, and never falls.
/// - Life cycle: `new` once, `update` when the grade rises or the best score has risen by `updateScoreStep` since it was
///   last told, `end` once.
/// - Duplicate suppression: a confirmed track that starts within `duplicateDistance` of an alert of its class and scene which
///   was not seen since is the same defect and continues that alert silently. The alert's place moves with the
///   camera. So that it can be continued, an alert whose track ended is held open for
///   `duplicateWindowSeconds`; only then comes its `end`, with the box where it was last seen.
/// - Stills (`isMotion` false): one detection confirms, nothing is continued, `new` and `end` come in the same frame.
public struct DefectAlertPolicy: AlertPolicyStage {
    /// What the policy remembers from frame to frame, apart from its settings.
    public struct Memory: Hashable, Sendable, Codable {
        var candidates: [AlertCandidate] = []
        /// By number.
        var open: [OpenAlert] = []
        var nextNumber = 1
        var frameIndex: Int64 = 0
        var mediaTime = MediaTime.zero
    }

    public var memory = Memory()
    private let scenes: [SceneDefinition]
    private let isMotion: Bool

    public init(scenes: [SceneDefinition], isMotion: Bool) {
        (self.scenes, self.isMotion) = (scenes, isMotion)
    }

    /// Whether there is anything that the camera's motion could move.
    public var isFollowing: Bool { !memory.open.isEmpty }

    public mutating func update(tracks: [Track], analysis: FrameAnalysis) -> [AlertDecision] {
        come(to: analysis.frameIndex, at: analysis.mediaTime, motion: analysis.cameraMotion)
        let ordered = tracks.sorted { $0.id < $1.id }
        let followed = ordered.map { track in memory.open.contains { $0.trackID == track.id } }
        // Open alerts first, so that a new track meets them where they are now.
        var decisions: [AlertDecision] = []
        for (track, isOpen) in zip(ordered, followed) where isOpen {
            decisions += follow(track, analysis: analysis)
        }
        for (track, isOpen) in zip(ordered, followed) where !isOpen {
            decisions += consider(track, analysis: analysis)
        }
        memory.candidates.removeAll { candidate in !ordered.contains { $0.id == candidate.trackID } }
        return decisions + endOverdue()
    }

    public mutating func keep(
        frameIndex: Int64, mediaTime: MediaTime, motion: AffineTransform2D?
    ) -> [AlertDecision] {
        come(to: frameIndex, at: mediaTime, motion: motion)
        return endOverdue()
    }

    public mutating func finish() -> [AlertDecision] {
        defer { (memory.open, memory.candidates) = ([], []) }
        return memory.open.map(ending)
    }
}

extension DefectAlertPolicy {
    private mutating func come(to frameIndex: Int64, at mediaTime: MediaTime, motion: AffineTransform2D?) {
        (memory.frameIndex, memory.mediaTime) = (frameIndex, mediaTime)
        guard let motion, motion.isPlausible else { return }
        for i in memory.open.indices { memory.open[i].place = motion.apply(memory.open[i].place) }
    }

    private func scene(_ track: Track) -> (SceneDefinition, ClassDefinition)? {
        guard let scene = scenes.first(where: { $0.name == track.scene }),
            let definition = scene.classDefinition(track.className), definition.alerts
        else { return nil }
        return (scene, definition)
    }

    /// What this frame's detection counts for, with its zones; nil where it does not count.
    private func sighting(
        of track: Track, analysis: FrameAnalysis, isOpen: Bool
    ) -> (assessment: GradeAssessment, zones: [String])? {
        guard let detection = track.detection, let (scene, definition) = scene(track) else { return nil }
        let threshold = definition.threshold * (isOpen ? 1 - scene.persistence.hysteresis : 1)
        let verdict = ZoneVerdict(
            center: detection.box.center, className: definition.code, zones: scene.zones, width: analysis.width,
            height: analysis.height)
        guard detection.score >= threshold, verdict.isAllowed else { return nil }
        let assessment = GradeAssessment(
            detection, of: definition, rules: scene.gradeRules,
            pictureArea: Double(analysis.width) * Double(analysis.height))
        return (assessment, verdict.names)
    }

    private mutating func consider(_ track: Track, analysis: FrameAnalysis) -> [AlertDecision] {
        guard let (scene, _) = scene(track) else { return [] }
        let persistence = scene.persistence
        var candidate = take(track.id) ?? AlertCandidate(trackID: track.id)
        if track.detection != nil, candidate.since == nil {
            candidate.since = analysis.mediaTime
            candidate.continuedAlert = alertToContinue(track, since: analysis.mediaTime, analysis)?.number
        }
        let sighting = sighting(of: track, analysis: analysis, isOpen: false)
        candidate.history.append(sighting?.assessment, window: isMotion ? persistence.window : 1)
        if let sighting, let since = candidate.since, candidate.history.isConfirmed(hits: hits(persistence)) {
            let first = memory.open.first { $0.number == candidate.continuedAlert && canContinue($0, track, since) }
            let near = first ?? alertToContinue(track, since: since, analysis)
            let known = near.flatMap { near in memory.open.firstIndex { $0.number == near.number } }
            if let known { return resume(known, by: track, history: candidate.history, analysis: analysis) }
            return open(track, history: candidate.history, zones: sighting.zones, analysis: analysis)
        }
        if !track.hasEnded { memory.candidates.append(candidate) }
        return []
    }

    private func hits(_ persistence: Persistence) -> Int { isMotion ? persistence.hits : 1 }

    private mutating func take(_ trackID: Int) -> AlertCandidate? {
        memory.candidates.firstIndex { $0.trackID == trackID }.map { memory.candidates.remove(at: $0) }
    }

    private mutating func open(
        _ track: Track, history: SightingHistory, zones: [String], analysis: FrameAnalysis
    ) -> [AlertDecision] {
        guard let (scene, _) = scene(track), let detection = track.detection,
            let graded = history.grade(hits: hits(scene.persistence))
        else { return [] }
        let decision = AlertDecision(
            event: .new, alertTrackID: track.id, openedAt: analysis.mediaTime, openedClass: track.className,
            scene: track.scene, className: track.className, grade: graded.grade, basis: graded.basis,
            score: track.best.score, box: detection.box, outline: detection.outline, thermal: detection.thermal,
            frameIndex: analysis.frameIndex, mediaTime: analysis.mediaTime, firstSeen: track.firstSeen,
            count: track.hits, zones: zones)
        let alert = OpenAlert(
            number: memory.nextNumber, decision: decision, trackID: track.id, history: history, place: detection.box,
            predicted: track.box, lastSeen: track.lastSeen)
        memory.nextNumber += 1
        if !isMotion { return [decision, ending(alert)] }
        memory.open.append(alert)
        if track.hasEnded { lose(memory.open.count - 1) }
        return [decision]
    }

    private mutating func follow(_ track: Track, analysis: FrameAnalysis) -> [AlertDecision] {
        guard let i = memory.open.firstIndex(where: { $0.trackID == track.id }) else { return [] }
        let decisions = renew(i, by: track, analysis: analysis)
        if track.hasEnded { lose(i) }
        return decisions
    }

    /// A later track takes the alert over.
    private mutating func resume(
        _ i: Int, by track: Track, history: SightingHistory, analysis: FrameAnalysis
    ) -> [AlertDecision] {
        memory.open[i].trackID = track.id
        memory.open[i].lostAt = nil
        memory.open[i].history = history
        // This frame is counted and remembered by `renew`.
        memory.open[i].decision.count += track.hits - 1
        let decisions = renew(i, by: track, analysis: analysis, isRemembered: true)
        if track.hasEnded { lose(i) }
        return decisions
    }

    /// Takes in what this frame says of an open alert.
    private mutating func renew(
        _ i: Int, by track: Track, analysis: FrameAnalysis, isRemembered: Bool = false
    ) -> [AlertDecision] {
        memory.open[i].predicted = track.box
        guard let (scene, _) = scene(track) else { return [] }
        let persistence = scene.persistence
        let sighting = sighting(of: track, analysis: analysis, isOpen: true)
        if !isRemembered { memory.open[i].history.append(sighting?.assessment, window: persistence.window) }
        guard let detection = track.detection else { return [] }
        memory.open[i].place = detection.box
        memory.open[i].lastSeen = analysis.mediaTime
        memory.open[i].decision.show(track, detection, count: memory.open[i].decision.count + 1)
        guard let sighting else { return [] }
        let told = memory.open[i].decision
        var next = told
        next.score = max(told.score, track.best.score)
        if let graded = memory.open[i].history.grade(hits: hits(persistence)), graded.grade > told.grade {
            (next.grade, next.basis) = (graded.grade, graded.basis)
        }
        guard next.grade > told.grade || next.score >= told.score + persistence.updateScoreStep else { return [] }
        (next.event, next.zones) = (.update, sighting.zones)
        (next.frameIndex, next.mediaTime) = (analysis.frameIndex, analysis.mediaTime)
        memory.open[i].decision = next
        return [next]
    }

    private mutating func lose(_ i: Int) {
        (memory.open[i].trackID, memory.open[i].predicted) = (nil, nil)
        memory.open[i].lostAt = memory.mediaTime
    }

    private func canContinue(_ alert: OpenAlert, _ track: Track, _ since: MediaTime) -> Bool {
        alert.decision.scene == track.scene && alert.decision.className == track.className && alert.lastSeen < since
    }

    /// The nearest alert of which this track, detected without an alert `since` then, can be the continuation.
    private func alertToContinue(_ track: Track, since: MediaTime, _ analysis: FrameAnalysis) -> OpenAlert? {
        guard isMotion, let (scene, _) = scene(track) else { return nil }
        let (w, h) = (Double(analysis.width), Double(analysis.height))
        let reach = scene.persistence.duplicateDistance * (w * w + h * h).squareRoot()
        return memory.open.filter { canContinue($0, track, since) }
            .map { (alert: $0, distance: $0.distance(to: track.box.center)) }
            .filter { $0.distance <= reach }
            .min { ($0.distance, $0.alert.number) < ($1.distance, $1.alert.number) }?.alert
    }

    private mutating func endOverdue() -> [AlertDecision] {
        let overdue = memory.open.filter { alert in
            guard let lostAt = alert.lostAt else { return false }
            let window = scenes.first { $0.name == alert.decision.scene }?.persistence.duplicateWindowSeconds ?? 0
            return (memory.mediaTime - lostAt).seconds >= window
        }
        memory.open.removeAll { alert in overdue.contains { $0.number == alert.number } }
        return overdue.map(ending)
    }

    private func ending(_ alert: OpenAlert) -> AlertDecision {
        var decision = alert.decision
        decision.event = .end
        (decision.frameIndex, decision.mediaTime) = (memory.frameIndex, memory.mediaTime)
        return decision
    }
}

extension AlertDecision {
    fileprivate mutating func show(_ track: Track, _ detection: Detection, count: Int) {
        (className, box, outline, thermal) = (track.className, detection.box, detection.outline, detection.thermal)
        self.count = count
    }
}

extension AffineTransform2D {
    /// What a camera can do between two frames; anything else is a failed measurement and moves nothing.
    fileprivate var isPlausible: Bool {
        [a, b, tx, c, d, ty].allSatisfy { abs($0) < 100_000 } && (0.5...2).contains(lengthScale)
    }
}
