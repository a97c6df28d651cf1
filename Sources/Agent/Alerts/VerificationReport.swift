public import ShrikeCore

/// What a subscriber can prove about the alerts it heard, from the messages alone.
public struct VerificationReport: Hashable, Sendable {
    /// One gateway, or one run of a replay.
    public struct Stream: Hashable, Sendable {
        public var name: String
        /// The account begins behind this number.
        public var base: UInt64
        /// The highest number heard of.
        public var highest: UInt64
        public var received: UInt64
        /// Dropped by the gateway, and said so.
        public var announced: UInt64
        /// Gone from the gateway, not here, and not announced.
        public var missing: SequenceSet
        /// Still at the gateway.
        public var outstanding: UInt64
        public var duplicates: Int
        /// Of these, not marked as sent again by the gateway: repeated by the broker.
        public var unmarkedDuplicates: Int
        /// The gateway's numbering began anew: what it held before cannot be accounted for.
        public var restarts: Int
    }

    public var streams: [Stream]
    /// Messages on our topics that were no such document.
    public var malformed: Int

    /// Nothing is missing, and something was heard at all.
    public var isComplete: Bool { !streams.isEmpty && streams.allSatisfy { $0.missing.isEmpty } }

    /// Schema `shrike.verification/1`.
    public var json: JSONValue {
        .object([
            "schema": .string("shrike.verification/1"), "complete": .bool(isComplete),
            "malformed": .integer(Int64(malformed)),
            "streams": .array(
                streams.map { stream in
                    .object([
                        "stream": .string(stream.name), "after_seq": .integer(Int64(clamping: stream.base)),
                        "last_seq": .integer(Int64(clamping: stream.highest)),
                        "received": .integer(Int64(clamping: stream.received)),
                        "announced": .integer(Int64(clamping: stream.announced)),
                        "missing": .integer(Int64(clamping: stream.missing.count)),
                        "missing_ranges": stream.missing.json(limit: 1000),
                        "outstanding": .integer(Int64(clamping: stream.outstanding)),
                        "duplicates": .integer(Int64(stream.duplicates)),
                        "unmarked_duplicates": .integer(Int64(stream.unmarkedDuplicates)),
                        "restarts": .integer(Int64(stream.restarts)),
                    ])
                }),
        ])
    }

    /// One line per stream for people.
    public var lines: [String] {
        guard !streams.isEmpty else { return ["nothing was heard of any gateway: nothing is proved"] }
        return streams.map { stream in
            var parts = [
                "\(stream.name): numbers \(stream.base + 1) to \(stream.highest)", "\(stream.received) arrived",
                "\(stream.announced) dropped and announced", "\(stream.duplicates) repeated",
            ]
            if stream.outstanding > 0 { parts.append("\(stream.outstanding) still at the gateway") }
            if stream.restarts > 0 { parts.append("numbering began anew \(stream.restarts) times") }
            let ranges = stream.missing.ranges.prefix(5).map {
                $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
            }
            parts.append(
                stream.missing.isEmpty
                    ? "nothing is missing"
                    : "\(stream.missing.count) MISSING: \(ranges.joined(separator: ", "))"
                        + (stream.missing.ranges.count > 5 ? ", ..." : ""))
            return parts.joined(separator: ", ")
        }
    }
}
