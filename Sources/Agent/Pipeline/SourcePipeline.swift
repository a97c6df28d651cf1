import ShrikeCore

/// Takes one source's frames through analysis and decision, in order, with a bounded number on their way.
///
/// Two tasks: one pulls frames and queues them for analysis, the other takes outcomes in frame order and decides. For a live
/// source an outcome is decided as soon as it is there, not when the next frame comes.
struct SourcePipeline: Sendable {
    let source: any FrameSource
    let pool: AnalysisPool
    /// Positions of the scenes in the pool that look at this source.
    let scenes: [Int]
    /// Frames between pull and decision at most.
    let window: Int
    let pacer: FramePacer
    /// Which frames are looked at.
    var look = LookPolicy.every
    var urgency = Urgency.normal
    /// Scale of thermal footage that carries none.
    var thermalScale: ThermalScale?
    /// With a resumed source, its first frame was decided before and only serves as the previous one.
    let isResumed: Bool
    /// Asked at the end of the footage: false where the source was stopped from outside, so that open alerts stay open for the
    /// next start.
    let mayFinish: @Sendable () -> Bool
    /// Where a stage that hangs is noticed; nil where nobody looks.
    var board: ProgressBoard?

    private enum Step: Sendable {
        case resumed(Frame)
        case frame(Frame, AnalysisTicket, ChangeGate.Memory?)
        case same(Frame, motion: AffineTransform2D?, ChangeGate.Memory?)
        case event(SourceEvent)
    }

    /// Runs until the footage ends, the source is stopped or the task is cancelled.
    func run(deciding stage: inout DecisionStage) async throws {
        let permits = Permits(window)
        // Unbounded by policy: `permits` bounds the frames, and other events are rare.
        let (steps, feed) = AsyncStream.makeStream(of: Step.self)
        let gate = gate(remembering: stage.gate)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { feed.finish() }
                try await pull(permits, through: gate, into: feed)
            }
            do {
                for await step in steps {
                    switch step {
                    case .resumed(let frame): stage.resume(at: frame)
                    case .event(let event): try await stage.take(event)
                    case .same(let frame, let motion, let memory):
                        permits.release()
                        try await stage.keep(frame, motion: motion, gate: memory)
                    case .frame(let frame, let ticket, let memory):
                        let analysis = board?.begin("analyze", source: source.info.id)
                        let outcome = await ticket.value
                        analysis.map { board?.end($0) }
                        permits.release()
                        let decision = board?.begin("decide", source: source.info.id)
                        defer { decision.map { board?.end($0) } }
                        try await stage.take(frame, outcome, gate: memory)
                    }
                }
            } catch {
                // The puller may wait for a permit or a frame; both end here.
                source.stop()
                for _ in 0...window { permits.release() }
                group.cancelAll()
                throw error
            }
            try await group.waitForAll()
        }
        if !Task.isCancelled, mayFinish() { try await stage.finish() }
    }

    /// Nil where every frame is looked at.
    private func gate(remembering memory: ChangeGate.Memory?) -> ChangeGate? {
        guard look == .changes, source.info.isMotion else { return nil }
        var gate = ChangeGate(scenes: scenes.map { pool.table.current.scenes[$0].definition })
        memory.map { gate.memory = $0 }
        return gate
    }

    private func pull(
        _ permits: Permits, through gate: ChangeGate?, into feed: AsyncStream<Step>.Continuation
    ) async throws {
        var (pacer, gate) = (pacer, gate)
        var awaitsResumedFrame = isResumed
        await permits.acquire()
        while !Task.isCancelled, let event = try await source.next() {
            guard case .frame(var frame) = event else {
                feed.yield(.event(event))
                continue
            }
            frame.thermalScale = frame.thermalScale ?? thermalScale
            if awaitsResumedFrame {
                awaitsResumedFrame = false
                pacer.resume(at: frame)
                feed.yield(.resumed(frame))
                continue
            }
            guard await pacer.admits(frame) else { continue }
            if case .same(let motion)? = gate?.judge(frame, edition: pool.table.current.number) {
                feed.yield(.same(frame, motion: motion, gate?.memory))
            } else {
                feed.yield(
                    .frame(frame, pool.analyze(frame, scenes: scenes, urgency: urgency), gate?.memory)
                )
            }
            await permits.acquire()
        }
    }
}
