import Foundation
import ShrikeCore

/// Threads that analyse frames of all sources, the one with the earliest deadline first (C. Liu, J. Layland, "Scheduling
/// algorithms for multiprogramming in a hard-real-time environment", J. ACM 1973): frames of one urgency take turns, urgent ones
/// pass, and none waits for ever. Results are pure functions of the frames, so they do not depend on which thread worked or in
/// which order.
final class AnalysisPool: @unchecked Sendable {
    // Sendable: `jobs` and `isStopping` are only touched under `condition`.
    private let condition = NSCondition()
    private var jobs: [Job] = []
    private var isStopping = false
    private let finished = DispatchGroup()
    let workerCount: Int
    let table: SceneTable

    struct Job {
        var frame: Frame
        /// Scenes to run, by position in the edition.
        var scenes: [Int]
        var edition: SceneEdition
        var deadline: ContinuousClock.Instant
        var ticket: AnalysisTicket
    }

    convenience init(workers: Int, scenes: [LoadedScene]) { self.init(workers: workers, table: SceneTable(scenes)) }

    /// - Parameter table: may change while frames come; each is looked at with the scenes of the moment it is queued.
    init(workers: Int, table: SceneTable) {
        (workerCount, self.table) = (workers, table)
        for number in 0..<workers {
            finished.enter()
            let thread = Thread { [self] in
                work(AnalysisWorker(table: table))
                finished.leave()
            }
            thread.name = "analysis-\(number)"
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    /// Queues a frame; the ticket gives the outcome.
    func analyze(_ frame: Frame, scenes: [Int], urgency: Urgency = .normal) -> AnalysisTicket {
        let ticket = AnalysisTicket()
        condition.withLock {
            let edition = table.current
            jobs.append(
                Job(
                    frame: frame, scenes: scenes, edition: edition,
                    deadline: .now + urgency.patience, ticket: ticket))
            condition.signal()
        }
        return ticket
    }

    /// Lets the threads finish what is queued, then ends them; blocks until then.
    func stop() {
        condition.withLock {
            isStopping = true
            condition.broadcast()
        }
        finished.wait()
    }

    private func work(_ worker: AnalysisWorker) {
        while let job = nextJob() { job.ticket.fulfill(worker.analyze(job)) }
    }

    private func nextJob() -> Job? {
        condition.withLock {
            while jobs.isEmpty, !isStopping { condition.wait() }
            return jobs.indices.min { jobs[$0].deadline < jobs[$1].deadline }.map { jobs.remove(at: $0) }
        }
    }
}

/// Whose frames are analysed first where there are more than can be.
public enum Urgency: String, Sendable, CaseIterable {
    case high, normal, low

    /// How long a frame may wait before others of any urgency that came later have to.
    var patience: Duration {
        switch self {
        case .high: .milliseconds(250)
        case .normal: .seconds(1)
        case .low: .seconds(4)
        }
    }
}

/// What became of one frame.
struct AnalysisOutcome: Sendable {
    /// Nil where the frame could not be analysed; `failure` says why.
    var analysis: FrameAnalysis?
    var failure: String?
    /// Seconds on the clock, by stage.
    var detectSeconds = 0.0
    /// Which scenes looked, and a number that grows whenever they change.
    var edition = 0
    var scenes: [LoadedScene] = []
    /// Nil where the camera's motion mattered to nothing.
    var motionSeconds: Double?
}

/// The promise of an outcome.
final class AnalysisTicket: @unchecked Sendable {
    // Sendable: all state is only touched under `lock`.
    private let lock = NSLock()
    private var outcome: AnalysisOutcome?
    private var waiting: CheckedContinuation<AnalysisOutcome, Never>?

    func fulfill(_ result: AnalysisOutcome) {
        let continuation = lock.withLock {
            outcome = result
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: result)
    }

    /// The outcome, once; one task may ask.
    var value: AnalysisOutcome {
        get async {
            await withCheckedContinuation { continuation in
                let ready = lock.withLock { () -> AnalysisOutcome? in
                    if outcome == nil { waiting = continuation }
                    return outcome
                }
                if let ready { continuation.resume(returning: ready) }
            }
        }
    }
}

/// One thread's detectors.
private final class AnalysisWorker {
    private let runner: SceneRunner

    init(table: SceneTable) { runner = SceneRunner(table: table) }

    func analyze(_ job: AnalysisPool.Job) -> AnalysisOutcome {
        var outcome = AnalysisOutcome()
        let frame = job.frame
        (outcome.edition, outcome.scenes) = (job.edition.number, job.scenes.map { job.edition.scenes[$0] })
        do {
            let begin = ProcessClock.monotonicNanoseconds()
            let detections = try runner.detect(
                frame, at: job.scenes, with: &outcome.scenes, edition: &outcome.edition)
            outcome.detectSeconds = Double(ProcessClock.monotonicNanoseconds() - begin) / 1e9
            outcome.analysis = FrameAnalysis(
                frameIndex: frame.index, mediaTime: frame.mediaTime, width: frame.width, height: frame.height,
                detections: detections, cameraMotion: nil)
        } catch {
            outcome.failure = "\(error)"
        }
        return outcome
    }
}
