/// What happens to the connection with the broker. Texts name the address without user and password.
public enum ConnectionEvent: Hashable, Sendable, CustomStringConvertible {
    case connected(broker: String, sessionPresent: Bool)
    /// Wrong user name, password or certificate, or no right to connect; tried again slowly.
    case credentialsRefused(broker: String, reason: String)
    /// No connection could be made; tried again after the delay.
    case unreachable(broker: String, reason: String, retryAfter: Duration)
    /// An established connection ended.
    case lost(broker: String, reason: String, retryAfter: Duration)
    case subscribed(filter: String)
    /// The broker does not allow this subscription.
    case subscriptionRefused(filter: String, reasonCode: UInt8)
    case stopped

    public var description: String {
        switch self {
        case .connected(let broker, _): "connected to \(broker)"
        case .credentialsRefused(let broker, let reason):
            "broker refused the credentials (\(reason)): \(broker); check user, password and client certificate"
        case .unreachable(let broker, let reason, let delay):
            "broker cannot be reached (\(reason)): \(broker); trying again in \(Self.text(delay))"
        case .lost(let broker, let reason, let delay):
            "connection to broker lost (\(reason)): \(broker); trying again in \(Self.text(delay))"
        case .subscribed(let filter): "subscribed to \(filter)"
        case .subscriptionRefused(let filter, let code):
            "broker refused the subscription (code \(code)): \(filter); check the access rules of the broker"
        case .stopped: "connection closed"
        }
    }

    private static func text(_ delay: Duration) -> String {
        let tenths = (delay / .milliseconds(100)).rounded()
        return "\(tenths / 10) s"
    }
}
