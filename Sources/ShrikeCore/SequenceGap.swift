/// Alerts that were decided and then dropped, announced so that a subscriber's count still closes (schema `shrike.gap/1`).
public struct SequenceGap: Hashable, Sendable {
    public enum Reason: String, Sendable, CaseIterable {
        /// The outbox was over its quota of bytes.
        case bytes = "quota_bytes"
        /// Alerts waited longer than the configuration allows.
        case age = "quota_age"
        /// The database was damaged and these could not be read any more.
        case damage
    }

    public static let schema = "shrike.gap/1"
    /// Ranges in one announcement; more dropped ranges make more announcements.
    public static let maximumRanges = 256

    /// 32 hex digits; what a subscriber de-duplicates announcements by.
    public var id: String
    /// 32 hex digits that name the numbering; see ``StreamPosition``.
    public var stream: String
    public var origin: StreamOrigin
    public var time: Timestamp
    public var timeQuality: ClockQuality
    /// Exactly the numbers that were dropped; at most ``maximumRanges`` ranges, never empty.
    public var sequences: SequenceSet
    /// How many of each grade; where a grade is not known any more the sum is smaller than the count.
    public var counts: [Grade: Int]
    public var reason: Reason
    /// False where some of the numbers may have been delivered before.
    public var isExact: Bool

    public init(
        id: String, stream: String, origin: StreamOrigin, time: Timestamp, timeQuality: ClockQuality,
        sequences: SequenceSet, counts: [Grade: Int], reason: Reason, isExact: Bool = true
    ) {
        (self.id, self.stream, self.origin, self.time, self.timeQuality) = (id, stream, origin, time, timeQuality)
        (self.sequences, self.counts, self.reason, self.isExact) = (sequences, counts, reason, isExact)
    }

    public var json: JSONValue {
        var grades = Dictionary(
            uniqueKeysWithValues: Grade.allCases.map { ($0.rawValue, JSONValue.integer(Int64(counts[$0] ?? 0))) })
        let known = counts.values.reduce(0, +)
        grades["unknown"] = .integer(max(0, Int64(clamping: sequences.count) - Int64(known)))
        return .object([
            "schema": .string(Self.schema), "gap_id": .string(id), "stream": .string(stream),
            "site": .string(origin.site), "gateway": .string(origin.gateway), "boot_id": .string(origin.bootID),
            "ts": .string(time.rfc3339), "ts_quality": .string(timeQuality.rawValue),
            "from_seq": .integer(Int64(clamping: sequences.first ?? 0)),
            "to_seq": .integer(Int64(clamping: sequences.last ?? 0)),
            "count": .integer(Int64(clamping: sequences.count)), "by_grade": .object(grades),
            "ranges": sequences.json(), "reason": .string(reason.rawValue), "exact": .bool(isExact),
            "resend": .bool(false), "attempt": .integer(1),
        ])
    }

    /// The numbers that an announcement says were dropped, with the id of the announcement; nil where the document is none, or
    /// its figures contradict each other.
    public static func read(_ document: JSONValue) -> (id: String, stream: String, sequences: SequenceSet)? {
        guard document["schema"]?.stringValue == schema, let id = document["gap_id"]?.stringValue,
            let stream = document["stream"]?.stringValue, id.utf8.count == 32, stream.utf8.count == 32,
            let ranges = document["ranges"], let numbers = SequenceSet(json: ranges, limit: maximumRanges),
            let first = numbers.first, let last = numbers.last,
            document["from_seq"]?.integerValue == Int64(clamping: first),
            document["to_seq"]?.integerValue == Int64(clamping: last),
            document["count"]?.integerValue == Int64(clamping: numbers.count)
        else { return nil }
        return (id, stream, numbers)
    }
}
