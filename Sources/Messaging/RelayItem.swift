/// One stored alert on its way to the broker.
public struct RelayItem: Hashable, Sendable {
    public var sequence: UInt64
    public var alertID: String
    public var topic: String
    /// The alert's document as it was decided.
    public var payload: String
    /// Attempts begun before this one.
    public var attempts: Int

    public init(sequence: UInt64, alertID: String, topic: String, payload: String, attempts: Int) {
        (self.sequence, self.alertID, self.topic) = (sequence, alertID, topic)
        (self.payload, self.attempts) = (payload, attempts)
    }
}
