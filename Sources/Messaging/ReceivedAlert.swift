public import ShrikeCore

/// An alert as it came from the broker.
public struct ReceivedAlert: Hashable, Sendable {
    public var topic: String
    public var site: String
    public var gateway: String
    /// Run of the replay it belongs to; nil for a live alert.
    public var run: String?
    public var alertID: String
    /// Its number in the gateway's stream.
    public var sequence: UInt64
    /// Name of the numbering, and the lowest number that still waited at the gateway when this was sent; nil where the
    /// message does not say.
    public var stream: String?
    public var oldest: UInt64?
    public var className: String
    public var grade: Grade
    public var isResend: Bool
    public var isRetained: Bool
    /// The whole document, `shrike.alert/1`.
    public var document: JSONValue

    /// Reads a received message; nil where it is no alert of this schema.
    init?(_ message: MQTTMessage, _ address: TopicAddress) {
        guard let document = try? JSONValue(parsing: message.payload, maximumBytes: 1 << 16),
            document["schema"]?.stringValue == Alert.schema, let alertID = document["alert_id"]?.stringValue,
            alertID.utf8.count == 32, let sequence = document["seq"]?.integerValue, sequence > 0,
            let className = document["class"]?.stringValue,
            let grade = document["grade"]?.stringValue.flatMap(Grade.init(rawValue:))
        else { return nil }
        (topic, site, gateway, run) = (message.topic, address.site, address.gateway, address.run)
        (self.alertID, self.className, self.grade, self.document) = (alertID, className, grade, document)
        self.sequence = UInt64(sequence)
        stream = message.userProperty("stream").flatMap { $0.utf8.count == 32 ? $0 : nil }
        oldest = message.userProperty("oldest").flatMap { UInt64($0) }
        isResend = document["resend"]?.boolValue ?? false
        isRetained = message.isRetained
    }
}
