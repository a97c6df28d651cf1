public import ShrikeCore

/// One thing that the record of decisions keeps: what was decided, by what, and what people ordered.
public struct JournalRecord: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The agent started: version, digests of configuration and models, thresholds.
        case start
        /// The configuration was read again.
        case configuration
        case stop
        /// An alert was decided and stored; written in the same transaction.
        case alert
        /// An alert was decided while somebody had muted it: recorded and not sent.
        case muted
        /// Alerts were dropped and announced.
        case gap
        /// An order came over MQTT, with its outcome.
        case command
        /// The database was damaged, and what could be read of it went on.
        case damage
        /// Older entries were removed to keep the record within its limit.
        case pruned
    }

    public var kind: Kind
    public var data: JSONValue

    public init(_ kind: Kind, _ data: JSONValue) { (self.kind, self.data) = (kind, data) }

    /// What is kept of an alert: enough to tell later which frame, which model and which rule led to exactly this document.
    ///
    /// - Parameters:
    ///   - documentDigest: SHA-256 of the stored document.
    ///   - frameDigest: SHA-256 of the frame's pixels.
    static func alert(_ alert: Alert, documentDigest: String, frameDigest: String?) -> JournalRecord {
        JournalRecord(
            .alert,
            .object(compacting: [
                "seq": .integer(Int64(clamping: alert.sequence)), "alert_id": .string(alert.alertID),
                "defect_id": .string(alert.defectID), "source": .string(alert.source.id),
                "frame_no": .integer(alert.frameIndex), "frame_sha256": frameDigest.map { .string($0) },
                "class": .string(alert.className), "grade": .string(alert.grade.rawValue),
                "state": .string(alert.state.rawValue), "score": .number(alert.score, decimals: 4),
                "rule": .string(alert.basis.ruleID), "model": .string(alert.lineage.scene.digest),
                "document_sha256": .string(documentDigest),
            ]))
    }

    /// What is kept of an alert that was not sent: it has no number.
    static func muted(_ alert: Alert, frameDigest: String?) -> JournalRecord {
        let record = Self.alert(alert, documentDigest: "", frameDigest: frameDigest)
        var fields = record.data.objectValue ?? [:]
        (fields["seq"], fields["document_sha256"]) = (nil, nil)
        return JournalRecord(.muted, .object(fields))
    }
}
