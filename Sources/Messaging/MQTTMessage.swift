/// A message to publish, or one that came in.
public struct MQTTMessage: Hashable, Sendable {
    public struct UserProperty: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    }

    public enum QualityOfService: Int32, Sendable {
        case atMostOnce = 0
        case atLeastOnce = 1
    }

    public var topic: String
    public var payload: [UInt8]
    public var qualityOfService: QualityOfService
    /// Publishing: keep it for later subscribers. Received: it was kept, and is not news.
    public var isRetained: Bool
    public var contentType: String?
    /// In order; names may repeat.
    public var userProperties: [UserProperty]
    /// Where an answer is wanted, and what it carries back so that it is recognised (MQTT 5, 4.10).
    public var responseTopic: String?
    public var correlationData: [UInt8]?
    /// Seconds after which the broker throws it away; nil for never.
    public var expirySeconds: UInt32?

    public init(
        topic: String, payload: [UInt8], qualityOfService: QualityOfService = .atLeastOnce, isRetained: Bool = false,
        contentType: String? = nil, userProperties: [UserProperty] = [], responseTopic: String? = nil,
        correlationData: [UInt8]? = nil, expirySeconds: UInt32? = nil
    ) {
        (self.topic, self.payload, self.qualityOfService) = (topic, payload, qualityOfService)
        (self.isRetained, self.contentType, self.userProperties) = (isRetained, contentType, userProperties)
        (self.responseTopic, self.correlationData, self.expirySeconds) = (responseTopic, correlationData, expirySeconds)
    }

    public func userProperty(_ name: String) -> String? { userProperties.first { $0.name == name }?.value }
}
