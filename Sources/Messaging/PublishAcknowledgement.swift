/// What the broker answered to a message of quality of service 1 (MQTT 5, 3.4.2.1).
public struct PublishAcknowledgement: Hashable, Sendable {
    public var reasonCode: UInt8

    public init(reasonCode: UInt8) { self.reasonCode = reasonCode }

    /// The broker took responsibility for the message.
    public var isAccepted: Bool { reasonCode < 0x80 }

    /// Taken, but nobody was subscribed.
    public var hasNoSubscribers: Bool { reasonCode == 0x10 }
}
