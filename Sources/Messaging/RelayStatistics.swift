/// Counts of a relay since it was made.
public struct RelayStatistics: Hashable, Sendable {
    /// Messages handed to the connection.
    public var published = 0
    /// Of these, marked as sent before.
    public var resent = 0
    /// Taken by the broker and deleted here.
    public var acknowledged = 0
    /// Of these, taken while nobody was subscribed.
    public var unrouted = 0
    /// Receipts of consumers taken, and left aside because they are of another consumer or stream, or are none.
    public var receipts = 0
    public var receiptsIgnored = 0
    /// Alerts sent again because no receipt came in time.
    public var unreceipted = 0
    /// Answers of the broker that refused a message; it is kept and tried again.
    public var refused = 0
    public var thumbnails = 0
    /// Thumbnails not sent: too large, refused, lost, or too many at once.
    public var thumbnailsDropped = 0
    /// Times the queue could not be read or written.
    public var queueFailures = 0

    public init() {}
}
