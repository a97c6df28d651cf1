/// When an alert counts as delivered.
public enum RelayDelivery: Hashable, Sendable {
    /// When the broker has taken it. What the broker then loses is lost.
    case broker
    /// When a consumer says so by a receipt (``DeliveryReceipt``) on the topic; consumers: whose word counts, empty for
    /// anyone's. What is not receipted in time is sent again, marked.
    case endToEnd(ackTopic: String, consumers: Set<String>)

    var awaitsReceipts: Bool { self != .broker }
}
