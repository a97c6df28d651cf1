/// Time inside a recording or since a live source was opened, in microseconds. Also used for differences of time.
public struct MediaTime: Hashable, Comparable, Sendable, Codable {
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    public init(seconds: Double) { microseconds = Int64((seconds * 1_000_000).rounded()) }

    public init(milliseconds: Int64) { microseconds = milliseconds * 1000 }

    public init(from decoder: any Decoder) throws {
        microseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(microseconds)
    }

    public static let zero = MediaTime(microseconds: 0)

    public var seconds: Double { Double(microseconds) / 1_000_000 }

    public var milliseconds: Int64 { microseconds / 1000 }

    public static func < (a: MediaTime, b: MediaTime) -> Bool { a.microseconds < b.microseconds }

    public static func + (a: MediaTime, b: MediaTime) -> MediaTime {
        MediaTime(microseconds: a.microseconds &+ b.microseconds)
    }

    public static func - (a: MediaTime, b: MediaTime) -> MediaTime {
        MediaTime(microseconds: a.microseconds &- b.microseconds)
    }
}
