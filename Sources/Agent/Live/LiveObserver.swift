import Foundation
import Logging
import Messaging
import ShrikeCore

/// Turns what happens in a live pipeline into metrics, log lines and retained source states.
struct LiveObserver: PipelineObserver {
    let metrics: AgentMetrics
    let session: MQTTSession?
    let topics: Topics
    let logger: Logger
    let health: SourceHealth
    let snapshots: SnapshotDesk

    func analyzed(_ frame: Frame, _ outcome: AnalysisOutcome, tracks: [Track], source: SourceInfo) async {
        metrics.analyzed(source, outcome, detections: outcome.analysis?.detections.count ?? 0)
        health.progressed(source)
        await snapshots.offer(frame, source: source.id)
    }

    func kept(_ frame: Frame, tracks: [Track], source: SourceInfo) async {
        metrics.kept(source)
        health.progressed(source)
        await snapshots.offer(frame, source: source.id)
    }

    func muted(_ count: Int, source: SourceInfo) async { metrics.muted(count, source: source) }

    func skipped(name: String, reason: String, source: SourceInfo) async {
        metrics.dropped(1, source: source, reason: "unreadable")
        logger.warning("skipped \(name): \(reason)", metadata: ["source": "\(source.id)"])
    }

    func dropped(_ count: Int, source: SourceInfo) async {
        metrics.dropped(count, source: source, reason: "overload")
    }

    func changed(_ state: SourceState, source: SourceInfo) async {
        metrics.sourceState(state, source: source)
        health.changed(state, source: source)
        var detail = ""
        if case .retrying(let reason, let delay) = state {
            detail = ": \(reason); trying again in \(JSONValue.number(delay.seconds, decimals: 1).canonicalText) s"
        }
        logger.notice("source is \(state.name)\(detail)", metadata: ["source": "\(source.id)"])
        publish(state, detail: detail, source: source)
    }

    func shed(reason: String, source: SourceInfo) async {
        metrics.evidenceShed()
        logger.warning("alert goes without picture: \(reason)", metadata: ["source": "\(source.id)"])
    }

    func raised(_ alerts: [Alert], frame: Frame?, seconds: Double, source: SourceInfo) async {
        metrics.raised(alerts)
        metrics.stage("decide", seconds)
        for alert in alerts {
            logger.info(
                "\(alert.grade.rawValue) \(alert.className) \(alert.state.rawValue)",
                metadata: [
                    "source": "\(source.id)", "seq": "\(alert.sequence)", "alert_id": "\(alert.alertID)",
                    "score": "\(JSONValue.number(alert.score, decimals: 3).canonicalText)",
                ])
        }
    }

    /// Retained; a state that cannot be sent now is sent with the next change or connection.
    private func publish(_ state: SourceState, detail: String, source: SourceInfo) {
        guard let session, let topic = try? topics.sourceState(source.id) else { return }
        let document = JSONValue.object(compacting: [
            "state": .string(state.name), "since": .string(ProcessClock.now().rfc3339),
            "detail": detail.isEmpty ? nil : .string(String(detail.dropFirst(2))),
        ])
        let message = MQTTMessage(
            topic: topic, payload: Array(document.canonicalText.utf8), qualityOfService: .atLeastOnce, isRetained: true,
            contentType: "application/json")
        try? session.publish(message) { _ in }
    }
}

/// What `/healthz` needs to know of every source.
final class SourceHealth: @unchecked Sendable {
    // Sendable: `sources` is only touched under `lock`.
    private let lock = NSLock()
    private var sources: [String: (state: SourceState, lastFrame: Timestamp?, frames: Int)] = [:]

    func changed(_ state: SourceState, source: SourceInfo) {
        lock.withLock { sources[source.id, default: (state, nil, 0)].state = state }
    }

    func progressed(_ source: SourceInfo) {
        lock.withLock {
            sources[source.id, default: (.up, nil, 0)].lastFrame = ProcessClock.now()
            sources[source.id, default: (.up, nil, 0)].frames += 1
        }
    }

    /// Frames analysed since the start, by source.
    var frames: [String: Int] { lock.withLock { sources.mapValues(\.frames) } }

    var json: JSONValue {
        lock.withLock {
            .object(
                sources.mapValues {
                    .object(compacting: [
                        "state": .string($0.state.name), "frames": .integer(Int64($0.frames)),
                        "last_frame": $0.lastFrame.map { .string($0.rfc3339) },
                    ])
                })
        }
    }
}
