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

    public init(
        topic: String, payload: [UInt8], qualityOfService: QualityOfService = .atLeastOnce, isRetained: Bool = false,
        contentType: String? = nil, userProperties: [UserProperty] = []
    ) {
        (self.topic, self.payload, self.qualityOfService) = (topic, payload, qualityOfService)
        (self.isRetained, self.contentType, self.userProperties) = (isRetained, contentType, userProperties)
    }

    public func userProperty(_ name: String) -> String? { userProperties.first { $0.name == name }?.value }
}
