/// One stored alert, or one announcement of dropped alerts, on its way to the broker.
public struct RelayItem: Hashable, Sendable {
    /// Announcements are numbered from here; they go before all alerts.
    public static let firstAnnouncement: UInt64 = 1 << 62

    public var sequence: UInt64
    public var alertID: String
    public var topic: String
    /// The alert's document as it was decided.
    public var payload: String
    /// Attempts begun before this one.
    public var attempts: Int

    var isAnnouncement: Bool { sequence >= Self.firstAnnouncement }

    public init(sequence: UInt64, alertID: String, topic: String, payload: String, attempts: Int) {
        (self.sequence, self.alertID, self.topic) = (sequence, alertID, topic)
        (self.payload, self.attempts) = (payload, attempts)
    }
}
