/// What happens to the embedded broker.
public enum EmbeddedBrokerEvent: Hashable, Sendable {
    /// A broker that a killed run left behind was ended.
    case removedStale(processID: Int32)
    case started(processID: Int32)
    /// A line the broker wrote.
    case log(String)
    /// It ended by itself and is started again after the delay.
    case ended(reason: String, restartAfter: Duration)
}
