/// What a relay has to tell, for logs and latency figures.
public enum RelayEvent: Sendable {
    /// The broker took the alert.
    case delivered(RelayItem, hasSubscribers: Bool)
    /// The broker or the connection refused the message; it is tried again after the delay.
    case refused(RelayItem, reason: String, retryAfter: Duration)
    /// A consumer has everything up to this number, and of later ones so many.
    case receipted(consumer: String, through: UInt64, beyond: UInt64)
    /// So many alerts are sent again: no receipt came for them in time.
    case unreceipted(count: Int)
    /// The queue failed; nothing is lost, it is tried again.
    case queueFailed(reason: String)
}
