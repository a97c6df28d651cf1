public import ShrikeCore

/// One alert waiting for its acknowledgement.
public struct OutboxRow: Hashable, Sendable {
    public var sequence: UInt64
    public var alertID: String
    public var topic: String
    /// Canonical text of the alert's document, as decided: `resend` false, `attempt` 1.
    public var payload: String
    public var grade: Grade
    public var createdAt: Timestamp
    /// Publishing attempts already begun.
    public var attempts: Int

    public init(
        sequence: UInt64, alertID: String, topic: String, payload: String, grade: Grade, createdAt: Timestamp,
        attempts: Int
    ) {
        (self.sequence, self.alertID, self.topic, self.payload) = (sequence, alertID, topic, payload)
        (self.grade, self.createdAt, self.attempts) = (grade, createdAt, attempts)
    }
}
