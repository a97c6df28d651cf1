import Dashboard
import Foundation
import ShrikeCore

/// Names and meanings of the agent's metrics, in one place.
struct AgentMetrics: Sendable {
    let registry: MetricsRegistry
    private let latency = LatencyBook()

    func analyzed(_ source: SourceInfo, _ outcome: AnalysisOutcome, detections: Int) {
        let labels: KeyValuePairs = ["source": source.id]
        registry.add(to: "shrike_frames_analyzed_total", labels, help: "Frames analysed.")
        registry.add(Double(detections), to: "shrike_detections_total", labels, help: "Detections of all classes.")
        stage("detect", outcome.detectSeconds)
        outcome.motionSeconds.map { stage("motion", $0) }
    }

    func kept(_ source: SourceInfo) {
        registry.add(
            to: "shrike_frames_unchanged_total", ["source": source.id],
            help: "Frames not looked at, because they show what the one before showed (look: changes).")
    }

    func stage(_ name: String, _ seconds: Double) {
        registry.observe(
            seconds: seconds, in: "shrike_stage_seconds", ["stage": name], help: "Time per frame and stage.")
    }

    func dropped(_ count: Int, source: SourceInfo, reason: String) {
        registry.add(
            Double(count), to: "shrike_frames_dropped_total", ["source": source.id, "reason": reason],
            help: "Frames not analysed, by reason.")
    }

    func raised(_ alerts: [Alert]) {
        for alert in alerts {
            registry.add(
                to: "shrike_alerts_total",
                [
                    "source": alert.source.id, "class": alert.className, "grade": alert.grade.rawValue,
                    "state": alert.state.rawValue,
                ], help: "Alert events decided and stored.")
            if alert.source.isLive { latency.note(alert.sequence, alert.time) }
        }
    }

    /// The broker took the alert.
    func delivered(sequence: UInt64, isRouted: Bool) {
        registry.add(
            to: "shrike_alerts_delivered_total", ["routed": isRouted ? "true" : "false"],
            help: "Alerts the broker acknowledged; routed=false: nobody was subscribed.")
        if let captured = latency.take(sequence) {
            registry.observe(
                seconds: Double(ProcessClock.now().since(captured).microseconds) / 1e6,
                in: "shrike_capture_to_puback_seconds",
                help: "From capture of the frame to the broker's acknowledgement.")
        }
    }

    func refused() {
        registry.add(to: "shrike_alerts_refused_total", help: "Alerts the broker refused; each is tried again.")
    }

    func outboxFailed() {
        registry.add(to: "shrike_outbox_failures_total", help: "Failed attempts to store alerts; each is tried again.")
    }

    func dropped(_ gap: SequenceGap) {
        for (grade, count) in gap.counts {
            registry.add(
                Double(count), to: "shrike_alerts_dropped_total",
                ["grade": grade.rawValue, "reason": gap.reason.rawValue],
                help: "Alerts dropped over the quota, each announced.")
        }
    }

    func ordered(outcome: String) {
        registry.add(to: "shrike_orders_total", ["outcome": outcome], help: "Orders over MQTT, by what came of them.")
    }

    func muted(_ count: Int, source: SourceInfo) {
        registry.add(
            Double(count), to: "shrike_alerts_muted_total", ["source": source.id],
            help: "Alerts recorded and not sent, because somebody ordered so.")
    }

    func stuck(_ count: Int) {
        registry.set(Double(count), for: "shrike_stages_stuck", help: "Pieces of work that take too long.")
    }

    func receipted() {
        registry.add(to: "shrike_receipts_total", help: "Receipts of consumers that were taken.")
    }

    func unreceipted(_ count: Int) {
        registry.add(
            Double(count), to: "shrike_alerts_unreceipted_total", help: "Alerts sent again for want of a receipt.")
    }

    func reserve(bytes: Int64) {
        registry.set(
            Double(bytes), for: "shrike_outbox_reserve_bytes", help: "Room kept in the outbox for a full disk.")
    }

    func waiting(bytes: Int64) {
        registry.set(Double(bytes), for: "shrike_outbox_bytes", help: "Bytes of the alerts that wait.")
    }

    func evidenceShed() {
        registry.add(to: "shrike_evidence_shed_total", help: "Alerts that went out without a picture.")
    }

    func sourceState(_ state: SourceState, source: SourceInfo) {
        for name in ["connecting", "up", "stalled", "frozen", "auth", "retrying", "ended", "failed"] {
            registry.set(
                name == state.name ? 1 : 0, for: "shrike_source_state", ["source": source.id, "state": name],
                help: "1 for the state a source is in.")
        }
    }

    func model(_ identity: ModelIdentity, engine: String, isInUse: Bool = true) {
        registry.set(
            isInUse ? 1 : 0, for: "shrike_model_info",
            [
                "level": identity.level.rawValue, "name": identity.name, "version": identity.version,
                "digest": identity.digest, "engine": engine,
            ], help: "Models in use.")
    }

    /// A scene gave way to another version; models that nobody looks with any more tell 0.
    func swapped(from old: LoadedScene, inUse: [LoadedScene], isTakenBack: Bool) {
        let staying = Set(inUse.flatMap { [$0.lineage.scene] + $0.lineage.parents })
        for identity in [old.lineage.scene] + old.lineage.parents where !staying.contains(identity) {
            model(identity, engine: old.engine ?? "none", isInUse: false)
        }
        for scene in inUse {
            for identity in [scene.lineage.scene] + scene.lineage.parents {
                model(identity, engine: scene.engine ?? "none")
            }
        }
        registry.add(
            to: "shrike_scene_swaps_total", ["result": isTakenBack ? "taken_back" : "taken"],
            help: "Changes of a scene's version while running.")
    }

    /// A version was not taken.
    func swapRefused() {
        registry.add(
            to: "shrike_scene_swaps_total", ["result": "refused"], help: "Changes of a scene's version while running.")
    }

    func outbox(depth: Int, oldestAgeSeconds: Double) {
        registry.set(Double(depth), for: "shrike_outbox_depth", help: "Alerts waiting for the broker.")
        registry.set(
            oldestAgeSeconds, for: "shrike_outbox_oldest_age_seconds", help: "Age of the oldest waiting alert.")
    }

    func broker(isConnected: Bool) {
        registry.set(isConnected ? 1 : 0, for: "shrike_broker_connected", help: "Whether there is a connection.")
    }

    func evidence(bytes: Int64) {
        registry.set(Double(bytes), for: "shrike_evidence_bytes", help: "Bytes of evidence kept.")
    }
}

/// Capture times of alerts on their way to the broker, bounded.
private final class LatencyBook: @unchecked Sendable {
    // Sendable: `captured` is only touched under `lock`.
    private let lock = NSLock()
    private var captured: [UInt64: Timestamp] = [:]

    func note(_ sequence: UInt64, _ time: Timestamp) {
        lock.withLock {
            // The broker may answer before we note; such an entry would stay for ever.
            if captured.count >= 4096 { captured = [:] }
            captured[sequence] = time
        }
    }

    func take(_ sequence: UInt64) -> Timestamp? { lock.withLock { captured.removeValue(forKey: sequence) } }
}
