import Foundation
import ShrikeCore

@testable import Agent

/// Observer and store of a pipeline under test: what came, in which order.
final class PipelineRecorder: PipelineObserver, AlertStore, @unchecked Sendable {
    // Proof: everything that changes is only touched under `lock`.
    private let lock = NSLock()
    private var entries: [String] = []
    private var alertsValue: [Alert] = []
    private var lastProgressValue: StoredStep.Progress?
    /// Thrown by the next commit.
    private let failure: AgentError?

    init(failing failure: AgentError? = nil) { self.failure = failure }

    /// What was told, one entry each.
    var log: [String] { lock.withLock { entries } }

    var alerts: [Alert] { lock.withLock { alertsValue } }

    var lastProgress: StoredStep.Progress? { lock.withLock { lastProgressValue } }

    private func add(_ entry: String) { lock.withLock { entries.append(entry) } }

    func analyzed(_ frame: Frame, _ outcome: AnalysisOutcome, tracks: [Track], source: SourceInfo) async {
        add("frame \(frame.index)")
    }

    func kept(_ frame: Frame, tracks: [Track], source: SourceInfo) async { add("same \(frame.index)") }

    func skipped(name: String, reason: String, source: SourceInfo) async { add("skipped \(name): \(reason)") }

    func dropped(_ count: Int, source: SourceInfo) async { add("dropped \(count)") }

    func changed(_ state: SourceState, source: SourceInfo) async { add("state \(state.name)") }

    func shed(reason: String, source: SourceInfo) async { add("shed") }

    func raised(_ alerts: [Alert], frame: Frame?, seconds: Double, source: SourceInfo) async {}

    func commit(_ step: StoredStep) async throws -> [Alert] {
        if let failure { throw failure }
        return lock.withLock {
            alertsValue += step.alerts
            if let progress = step.progress { lastProgressValue = progress }
            return step.alerts
        }
    }
}
