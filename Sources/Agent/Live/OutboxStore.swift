import Foundation
import Logging
import Messaging
import Outbox
import ShrikeCore

/// Commits alerts to the outbox; waits out a full disk instead of losing what was decided.
struct OutboxStore: AlertStore {
    let outbox: Outbox
    let topics: Topics
    let logger: Logger
    let metrics: AgentMetrics?
    var board: ProgressBoard?

    func commit(_ step: StoredStep) async throws -> [Alert] {
        let entries = try step.alerts.map {
            OutboxBatch.Entry(alert: $0, topic: try topics.alert(grade: $0.grade, source: $0.source.id))
        }
        let progress = try step.progress.map {
            OutboxBatch.Progress(cursor: $0.cursor, snapshot: try JSONEncoder().encode($0.snapshot))
        }
        var batch = OutboxBatch(
            source: step.source, entries: entries, progress: progress, processedFiles: step.processedFiles,
            frameDigest: step.frameDigest)
        batch.muted = step.muted
        var delay = Duration.milliseconds(100)
        var isWaiting = false
        defer { if isWaiting { board?.excuse(source: step.source, false) } }
        while true {
            do {
                let stored = try await outbox.commit(batch)
                if isWaiting { logger.notice("alerts are stored again", metadata: ["source": "\(step.source)"]) }
                return stored
            } catch {
                guard error.kind == .diskFull || error.kind == .failed else { throw error }
                metrics?.outboxFailed()
                // Said once for each time of waiting.
                logger.log(
                    level: isWaiting ? .debug : .error, "alerts wait for the disk: \(error)",
                    metadata: ["source": "\(step.source)"])
                isWaiting = true
                board?.excuse(source: step.source, true)
                // Ends with the task at shutdown: what was not stored is decided again from the cursor.
                try await Task.sleep(for: delay)
                delay = min(delay * 2, .seconds(5))
            }
        }
    }
}

/// The outbox as the relay sees it.
struct OutboxRelayQueue: RelayQueue {
    let outbox: Outbox

    var wakeups: AsyncStream<Void> { outbox.wakeups }

    func pending(in range: ClosedRange<UInt64>, limit: Int) async throws -> [RelayItem] {
        // Both sides number announcements from the same value, far above any alert.
        try await outbox.pending(in: range, limit: limit).map {
            RelayItem(
                sequence: $0.sequence, alertID: $0.alertID, topic: $0.topic, payload: $0.payload, attempts: $0.attempts)
        }
    }

    func markAttempted(_ sequences: [UInt64]) async throws { try await outbox.markAttempted(sequences) }

    func acknowledge(_ sequences: [UInt64]) async throws { try await outbox.acknowledge(sequences) }

    func acknowledge(_ sequences: SequenceSet) async throws { try await outbox.acknowledge(sequences) }

    func position() async throws -> StreamPosition { try await outbox.position() }
}
