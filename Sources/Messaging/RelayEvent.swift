/// What a relay has to tell, for logs and latency figures.
public enum RelayEvent: Sendable {
    /// The broker took the alert.
    case delivered(RelayItem, hasSubscribers: Bool)
    /// The broker or the connection refused the message; it is tried again after the delay.
    case refused(RelayItem, reason: String, retryAfter: Duration)
    /// The queue failed; nothing is lost, it is tried again.
    case queueFailed(reason: String)
}
