import Alerting
import Evidence
import Imaging
import ShrikeCore
import Tracking

/// The ordered half of a pipeline: tracks, decides, makes evidence, stores. Its memory is ``StageSnapshot``.
struct DecisionStage: Sendable {
    private(set) var context: DecisionContext
    let store: any AlertStore
    let observer: any PipelineObserver
    private var tracker: DefectTracker
    private var policy: DefectAlertPolicy
    private var evidence: [String: [EvidenceReference]] = [:]
    private let motionEstimator = CameraMotionEstimator()
    private var lastFrame: Frame?
    private var stepsSinceCommit = 0
    private var edition = 0
    /// What tells frames that show nothing new; nil where every frame is looked at.
    private(set) var gate: ChangeGate.Memory?

    /// Frames of recorded footage between two stored cursors where nothing was decided.
    private let commitInterval: Int

    init(
        context: DecisionContext, store: any AlertStore, observer: any PipelineObserver, commitInterval: Int = 100
    ) {
        self.commitInterval = commitInterval
        (self.context, self.store, self.observer) = (context, store, observer)
        let definitions = context.scenes.map(\.definition)
        tracker = DefectTracker(scenes: definitions, isMotion: context.source.isMotion)
        policy = DefectAlertPolicy(scenes: definitions, isMotion: context.source.isMotion)
    }

    /// Continues where a snapshot was taken.
    mutating func restore(_ snapshot: StageSnapshot) {
        (tracker.memory, policy.memory, evidence) = (snapshot.tracker, snapshot.policy, snapshot.evidence)
        gate = snapshot.gate
    }

    /// The frame at which an earlier run stopped.
    mutating func resume(at frame: Frame) { lastFrame = frame }

    /// Decides with other versions of the scenes from this frame on; what is followed and open goes on.
    private mutating func adopt(_ outcome: AnalysisOutcome) {
        guard outcome.edition != edition, !outcome.scenes.isEmpty else { return }
        edition = outcome.edition
        context.scenes = outcome.scenes
        let definitions = outcome.scenes.map(\.definition)
        var (newTracker, newPolicy) = (
            DefectTracker(scenes: definitions, isMotion: context.source.isMotion),
            DefectAlertPolicy(scenes: definitions, isMotion: context.source.isMotion)
        )
        (newTracker.memory, newPolicy.memory) = (tracker.memory, policy.memory)
        (tracker, policy) = (newTracker, newPolicy)
    }

    mutating func take(_ event: SourceEvent) async throws {
        switch event {
        case .frame: break
        case .skipped(let name, let reason): await observer.skipped(name: name, reason: reason, source: context.source)
        case .dropped(let count): await observer.dropped(count, source: context.source)
        case .state(let state): await observer.changed(state, source: context.source)
        }
    }

    /// Takes a frame that was not looked at because it shows what the one before showed.
    mutating func keep(_ frame: Frame, motion: AffineTransform2D?, gate: ChangeGate.Memory?) async throws {
        (lastFrame, self.gate) = (frame, gate)
        let tracks = tracker.keep(motion: motion)
        let decisions = policy.keep(frameIndex: frame.index, mediaTime: frame.mediaTime, motion: motion)
        await observer.kept(frame, tracks: tracks, source: context.source)
        var alerts: [Alert] = []
        for decision in decisions { alerts.append(await alert(decision, frame: frame)) }
        let stored = try await store(alerts, frame: frame, force: false)
        if !stored.isEmpty { await observer.raised(stored, frame: frame, seconds: 0, source: context.source) }
    }

    mutating func take(_ frame: Frame, _ outcome: AnalysisOutcome, gate: ChangeGate.Memory? = nil) async throws {
        let previous = lastFrame
        (lastFrame, self.gate) = (frame, gate)
        adopt(outcome)
        guard var analysis = outcome.analysis else {
            await observer.skipped(
                name: frame.fileName ?? "frame \(frame.index)", reason: outcome.failure ?? "not analysed",
                source: context.source)
            try await store([], frame: frame, force: context.fileKey(frame) != nil)
            return
        }
        var outcome = outcome
        if context.source.isMotion, let previous, tracker.isFollowing || policy.isFollowing {
            let begin = ProcessClock.monotonicNanoseconds()
            analysis.cameraMotion = try? motionEstimator.motion(from: previous.pixels, to: frame.pixels)
            outcome.motionSeconds = Double(ProcessClock.monotonicNanoseconds() - begin) / 1e9
        }
        let begin = ProcessClock.monotonicNanoseconds()
        if let orders = context.orders {
            analysis.detections.removeAll { found in
                orders.threshold(source: context.source.id, className: found.className).map { found.score < $0 }
                    ?? false
            }
        }
        let tracks = tracker.update(analysis)
        let decisions = policy.update(tracks: tracks, analysis: analysis)
        await observer.analyzed(frame, outcome, tracks: tracks, source: context.source)
        var alerts: [Alert] = []
        for decision in decisions { alerts.append(await alert(decision, frame: frame)) }
        let stored = try await store(alerts, frame: frame, force: context.fileKey(frame) != nil)
        if !stored.isEmpty {
            await observer.raised(
                stored, frame: frame, seconds: Double(ProcessClock.monotonicNanoseconds() - begin) / 1e9,
                source: context.source)
        }
    }

    /// The end of the footage: open alerts end, the cursor says complete.
    mutating func finish() async throws {
        guard let frame = lastFrame else { return }
        _ = tracker.finish()
        var alerts: [Alert] = []
        for decision in policy.finish() { alerts.append(await alert(decision, frame: frame)) }
        let stored = try await store(alerts, frame: frame, force: true, isComplete: true)
        if !stored.isEmpty { await observer.raised(stored, frame: nil, seconds: 0, source: context.source) }
    }

    private mutating func alert(_ decision: AlertDecision, frame: Frame) async -> Alert {
        var alert = context.compose(decision, frame: frame)
        switch decision.event {
        case .new, .update:
            switch await context.evidence.picture(of: alert, frame: frame) {
            case .stored(let reference): evidence[alert.defectID] = [reference]
            case .shed(let reason):
                alert.degraded.append(EvidenceStore.shedMark)
                await observer.shed(reason: reason, source: context.source)
            }
            alert.evidence = evidence[alert.defectID] ?? []
        case .end:
            alert.evidence = evidence.removeValue(forKey: alert.defectID) ?? []
        }
        return alert
    }

    @discardableResult
    private mutating func store(
        _ alerts: [Alert], frame: Frame, force: Bool, isComplete: Bool = false
    ) async throws -> [Alert] {
        stepsSinceCommit += 1
        let keepsCursor = !context.source.isLive
        guard !alerts.isEmpty || force || keepsCursor && stepsSinceCommit >= commitInterval else { return [] }
        stepsSinceCommit = 0
        var step = StoredStep(source: context.source.id, alerts: alerts)
        if let orders = context.orders {
            let source = context.source.id
            step.muted = alerts.filter { orders.isMuted(source: source, className: $0.className) }
            step.alerts.removeAll { alert in step.muted.contains { $0.alertID == alert.alertID } }
            if !step.muted.isEmpty { await observer.muted(step.muted.count, source: context.source) }
        }
        if keepsCursor {
            step.progress = StoredStep.Progress(
                cursor: FrameCursor(
                    origin: frame.origin, frameIndex: frame.index, mediaTime: frame.mediaTime, isComplete: isComplete),
                snapshot: StageSnapshot(
                    tracker: tracker.memory, policy: policy.memory, evidence: evidence, gate: gate))
        }
        if let key = context.fileKey(frame) { step.processedFiles = [key] }
        if !alerts.isEmpty { step.frameDigest = await context.frameDigest(frame) }
        return try await store.commit(step)
    }
}
