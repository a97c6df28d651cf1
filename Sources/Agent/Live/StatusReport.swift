import Dashboard
import Evidence
import Foundation
import Messaging
import Outbox
import ServiceLifecycle
import ShrikeCore

/// Answers how the agent is doing, for Prometheus, `/healthz` and the `metric` topic.
struct StatusReport: Sendable {
    let outbox: Outbox
    let session: MQTTSession?
    let topics: Topics
    let metrics: AgentMetrics
    let health: SourceHealth
    let evidence: EvidenceStore

    /// Brings gauges up to date.
    func refresh() async {
        let now = ProcessClock.now()
        let depth = (try? await outbox.depth()) ?? -1
        let age = (try? await outbox.oldestAge(now: now)).flatMap { $0 } ?? .zero
        metrics.outbox(depth: depth, oldestAgeSeconds: age.seconds)
        metrics.waiting(bytes: (try? await outbox.waitingBytes()) ?? -1)
        if let session { metrics.broker(isConnected: session.isConnected) }
        metrics.evidence(bytes: evidence.bytes)
    }

    func document() async -> JSONValue {
        let now = ProcessClock.now()
        let depth = try? await outbox.depth()
        let age = (try? await outbox.oldestAge(now: now)).flatMap { $0 }
        return .object(compacting: [
            "schema": .string("shrike.metric/1"), "ts": .string(now.rfc3339), "version": .string(AgentVersion.current),
            "outbox_depth": depth.map { .integer(Int64($0)) },
            "outbox_oldest_age_s": age.map { .number($0.seconds, decimals: 3) },
            "broker_connected": session.map { .bool($0.isConnected) }, "sources": health.json,
            "rss_bytes": ProcessMemory.current().map { .integer(Int64($0.residentBytes)) },
        ])
    }

    func health() async -> DashboardServer.Health {
        let document = await document()
        // Without the outbox nothing can be promised; a lost camera or broker is reported, not fatal.
        return .init(isHealthy: document["outbox_depth"] != nil, json: document.canonicalText)
    }
}

/// Publishes the agent's figures every ten seconds, and now and then removes evidence that is past its age.
struct StatusService: Service {
    let report: StatusReport
    private let disk = BlockingThread(label: "evidence-age")

    init(report: StatusReport) { self.report = report }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var rounds = 0
            while (try? await Task.sleep(for: .seconds(10))) != nil {
                if rounds.isMultiple(of: 60) {
                    let evidence = report.evidence
                    _ = try? await disk.run { evidence.prune(now: ProcessClock.now()).count }
                }
                rounds += 1
                guard let session = report.session, session.isConnected else { continue }
                let message = MQTTMessage(
                    topic: report.topics.metric, payload: Array(await report.document().canonicalText.utf8),
                    qualityOfService: .atMostOnce, isRetained: false, contentType: "application/json")
                try? session.publish(message) { _ in }
            }
        }
    }
}
