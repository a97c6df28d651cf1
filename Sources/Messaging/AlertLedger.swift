public import ShrikeCore

/// Keeps account of one gateway's stream of alerts and proves from the stream alone that nothing is missing.
///
/// A value without clock and connection: feed it every alert, announcement and position in the order of arrival. Numbers
/// count from where the ledger began: the lowest number that the gateway said it still held when the first message came.
/// A number below the lowest one that the gateway still holds is missing where it neither arrived nor was announced.
public struct AlertLedger: Hashable, Sendable {
    /// What to do with an alert.
    public enum Verdict: Hashable, Sendable {
        case new
        /// It came before; nothing to do.
        case duplicate
    }

    /// Name of the numbering; nil until a message names one.
    public private(set) var stream: String?
    /// Everything up to here was there before the ledger began; nil until the first message.
    public private(set) var base: UInt64?
    /// Numbers that arrived, above the base.
    public private(set) var received = SequenceSet()
    /// Numbers that were announced as dropped, above the base.
    public private(set) var announced = SequenceSet()
    /// The gateway holds nothing below this number.
    public private(set) var settled: UInt64 = 0
    /// The highest number heard of.
    public private(set) var highest: UInt64 = 0
    public private(set) var duplicates = 0
    /// Of these, not marked by the gateway: the broker's own repetitions.
    public private(set) var unmarkedDuplicates = 0
    /// How often the numbering began anew: the gateway's state was replaced.
    public private(set) var restarts = 0

    public init() {}

    /// Takes an alert.
    ///
    /// - Parameters:
    ///   - oldest: lowest number that the gateway held when it sent this.
    public mutating func take(
        alert sequence: UInt64, stream name: String? = nil, oldest: UInt64? = nil, isResend: Bool = false
    ) -> Verdict {
        begin(name, at: min(oldest ?? sequence, sequence))
        note(last: sequence, oldest: oldest)
        guard sequence > base ?? 0, received.insert(sequence) else {
            duplicates += 1
            if !isResend { unmarkedDuplicates += 1 }
            return .duplicate
        }
        return .new
    }

    /// Takes an announcement of dropped alerts. It does not begin a ledger: it may speak of what was long before.
    public mutating func take(gap sequences: SequenceSet, stream name: String) {
        if stream == nil { stream = name }
        guard name == stream else { return }
        announced.formUnion(sequences)
        if let base { announced.remove(through: base) }
    }

    public mutating func take(_ position: StreamPosition) {
        begin(position.stream, at: position.oldest)
        note(last: position.last, oldest: position.oldest)
    }

    /// Numbers that must have come and neither came nor were announced.
    public var missing: SequenceSet {
        guard let base, settled > base + 1 else { return SequenceSet() }
        return accounted.missing(in: (base + 1)...(settled - 1))
    }

    /// Numbers that are still on their way from the gateway.
    public var outstanding: SequenceSet {
        guard let base else { return SequenceSet() }
        let first = max(base + 1, settled)
        return highest >= first ? accounted.missing(in: first...highest) : SequenceSet()
    }

    /// Everything up to here arrived or was announced.
    public var through: UInt64 { accounted.contiguous(after: base ?? 0) }

    /// A receipt for all that arrived or was announced.
    public func receipt(consumer: String) -> DeliveryReceipt {
        var beyond = accounted
        let through = through
        beyond.remove(through: through)
        return DeliveryReceipt(consumer: consumer, through: through, beyond: beyond, stream: stream)
    }

    private var accounted: SequenceSet {
        var all = received
        all.formUnion(announced)
        return all
    }

    /// Anchors the ledger at the first message, and again where the numbering is another one.
    private mutating func begin(_ name: String?, at first: UInt64) {
        if let name, let known = stream, name != known {
            let before = self
            self = AlertLedger()
            restarts = before.restarts + 1
            (duplicates, unmarkedDuplicates) = (before.duplicates, before.unmarkedDuplicates)
        }
        if let name { stream = name }
        let floor = first == 0 ? 0 : first - 1
        guard base == nil else { return }
        announced.remove(through: floor)
        base = floor
    }

    private mutating func note(last: UInt64, oldest: UInt64?) {
        highest = max(highest, last)
        guard let oldest else { return }
        settled = max(settled, oldest)
        // What the gateway still holds will come: a ledger that began above it begins lower.
        if let base, oldest > 0, oldest <= base { self.base = oldest - 1 }
    }
}

extension AlertLedger {
    /// The whole ledger, for a file between two runs.
    public var json: JSONValue {
        .object(compacting: [
            "stream": stream.map { .string($0) }, "base": base.map { .integer(Int64(clamping: $0)) },
            "received": received.json(), "announced": announced.json(), "settled": .integer(Int64(clamping: settled)),
            "highest": .integer(Int64(clamping: highest)), "duplicates": .integer(Int64(duplicates)),
            "unmarked_duplicates": .integer(Int64(unmarkedDuplicates)), "restarts": .integer(Int64(restarts)),
        ])
    }

    /// Nil where the document is no ledger.
    public init?(json: JSONValue) {
        func number(_ key: String) -> UInt64? { json[key]?.integerValue.flatMap { UInt64(exactly: $0) } }
        guard let received = json["received"].flatMap({ SequenceSet(json: $0, limit: .max) }),
            let announced = json["announced"].flatMap({ SequenceSet(json: $0, limit: .max) }),
            let settled = number("settled"), let highest = number("highest")
        else { return nil }
        self.init()
        (self.received, self.announced, self.settled, self.highest) = (received, announced, settled, highest)
        (stream, base) = (json["stream"]?.stringValue, number("base"))
        duplicates = Int(number("duplicates") ?? 0)
        unmarkedDuplicates = Int(number("unmarked_duplicates") ?? 0)
        restarts = Int(number("restarts") ?? 0)
    }
}
