public import ShrikeCore

/// What an outbox may take up, how it speaks of losses, and what it keeps beside alerts.
public struct OutboxOptions: Sendable {
    /// What waiting alerts may take up; what is over it is dropped, oldest of the lowest grade first, and announced.
    public struct Quota: Hashable, Sendable {
        /// Bytes of waiting documents; nil for no limit.
        public var bytes: Int64?
        /// Seconds that an alert may wait, counted while the gateway runs: no clock that jumps makes an alert expire. Nil for
        /// no limit.
        public var seconds: Int64?

        public init(bytes: Int64? = nil, seconds: Int64? = nil) { (self.bytes, self.seconds) = (bytes, seconds) }
    }

    /// Announcements of drops: where they go and whom they speak for.
    public struct Announcing: Sendable {
        public var topic: String
        public var origin: StreamOrigin
        public var clockQuality: @Sendable () -> ClockQuality

        public init(topic: String, origin: StreamOrigin, clockQuality: @escaping @Sendable () -> ClockQuality) {
            (self.topic, self.origin, self.clockQuality) = (topic, origin, clockQuality)
        }
    }

    public var quota = Quota()
    /// Without it nothing is ever dropped and a damaged database is an error: a drop that nobody is told of is a lie.
    public var announcing: Announcing?
    /// Free space kept inside the database file, so that a disk filled by others still takes alerts.
    public var reserveBytes: Int64 = 0
    /// Entries of the record of decisions kept at most; nil keeps no record.
    public var journalEntries: Int?

    public init() {}
}
