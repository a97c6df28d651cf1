/// Where a gateway's stream of alerts stands, so that a subscriber knows what must have reached it (schema
/// `shrike.position/1`).
///
/// Every number below ``oldest`` was delivered or announced as dropped; those from ``oldest`` to ``last`` are still on their
/// way. The message travels behind the alerts it speaks of, with the same quality of service.
public struct StreamPosition: Hashable, Sendable {
    public static let schema = "shrike.position/1"

    /// 32 hex digits, made with the numbering: another name means that counting began anew.
    public var stream: String
    /// The last number given; 0 before the first.
    public var last: UInt64
    /// The lowest number still waiting here; `last + 1` where none is.
    public var oldest: UInt64

    public init(stream: String, last: UInt64, oldest: UInt64) {
        (self.stream, self.last, self.oldest) = (stream, last, oldest)
    }

    /// - Parameters:
    ///   - monotonicNanoseconds: the machine's monotonic clock at `time`. An alert of the same boot was decided at `time` plus the
    ///     difference of the two monotonic times, whatever its own clock said.
    ///   - journal: number and hash of the newest entry of the record of decisions, where one is kept: whoever
    ///   stores it can tell later that the record was not rewritten.
    public func json(
        origin: StreamOrigin, time: Timestamp, timeQuality: ClockQuality, monotonicNanoseconds: Int64? = nil,
        journal: (entry: Int64, hash: String)? = nil
    ) -> JSONValue {
        .object(compacting: [
            "schema": .string(Self.schema), "stream": .string(stream), "site": .string(origin.site),
            "gateway": .string(origin.gateway), "boot_id": .string(origin.bootID), "ts": .string(time.rfc3339),
            "ts_quality": .string(timeQuality.rawValue),
            "mono_ns": monotonicNanoseconds.map { .integer($0) }, "last_seq": .integer(Int64(clamping: last)),
            "oldest_seq": .integer(Int64(clamping: oldest)),
            "journal": journal.map { .object(["entry": .integer($0.entry), "hash": .string($0.hash)]) },
        ])
    }

    /// Nil where the document is none.
    public init?(_ document: JSONValue) {
        guard document["schema"]?.stringValue == Self.schema, let stream = document["stream"]?.stringValue,
            stream.utf8.count == 32, let last = document["last_seq"]?.integerValue, last >= 0, last < .max,
            let oldest = document["oldest_seq"]?.integerValue, oldest >= 1, oldest <= last + 1
        else { return nil }
        self.init(stream: stream, last: UInt64(last), oldest: UInt64(oldest))
    }
}
