/// A consumer's word that it has alerts and will not ask for them again (schema `shrike.ack/1`).
public struct DeliveryReceipt: Hashable, Sendable {
    public static let schema = "shrike.ack/1"
    /// Ranges beyond ``through`` that one receipt names at most.
    public static let maximumRanges = 256

    public var consumer: String
    /// Everything up to here arrived or was announced as dropped.
    public var through: UInt64
    /// What arrived beyond, out of order.
    public var beyond: SequenceSet
    /// The numbering it speaks of; nil where the consumer does not say.
    public var stream: String?

    public init(consumer: String, through: UInt64, beyond: SequenceSet = SequenceSet(), stream: String? = nil) {
        (self.consumer, self.through, self.beyond, self.stream) = (consumer, through, beyond, stream)
    }

    public var json: JSONValue {
        .object(compacting: [
            "schema": .string(Self.schema), "consumer": .string(consumer),
            "through_seq": .integer(Int64(clamping: through)),
            "ranges": beyond.isEmpty ? nil : beyond.json(limit: Self.maximumRanges),
            "stream": stream.map { .string($0) },
        ])
    }

    /// Nil where the document is none. `schema`, `ranges` and `stream` may be absent, so that any program can write one.
    public init?(_ document: JSONValue) {
        guard document["schema"].map({ $0.stringValue == Self.schema }) ?? true,
            let consumer = document["consumer"]?.stringValue, (1...128).contains(consumer.utf8.count),
            let through = document["through_seq"]?.integerValue, through >= 0
        else { return nil }
        var beyond = SequenceSet()
        if let ranges = document["ranges"] {
            guard let read = SequenceSet(json: ranges, limit: Self.maximumRanges) else { return nil }
            beyond = read
        }
        var stream: String?
        if let value = document["stream"] {
            guard let text = value.stringValue else { return nil }
            stream = text
        }
        self.init(consumer: consumer, through: UInt64(through), beyond: beyond, stream: stream)
    }
}
