public import ShrikeCore

/// One alert waiting for its acknowledgement, or one announcement of dropped alerts.
public struct OutboxRow: Hashable, Sendable {
    /// Announcements are numbered from here, so that they never meet an alert's number.
    public static let firstAnnouncement: UInt64 = 1 << 62

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
