internal import Foundation

/// Reads little-endian numbers of borrowed bytes one after another; nil at the end, never outside.
struct ByteCursor {
    let bytes: Data
    /// From the start of `bytes`.
    private(set) var position = 0

    init(_ bytes: Data) { self.bytes = bytes }

    var remaining: Int { bytes.count - position }

    mutating func seek(_ to: Int) -> Bool {
        guard 0...bytes.count ~= to else { return false }
        position = to
        return true
    }

    mutating func take(_ count: Int) -> Data? {
        guard count >= 0, count <= remaining else { return nil }
        let start = bytes.startIndex + position
        position += count
        return bytes[start..<start + count]
    }

    mutating func byte() -> UInt8? { take(1)?.first }

    mutating func number(bytes count: Int) -> UInt64? {
        take(count)?.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Text up to a line feed, which is taken too.
    mutating func line(limit: Int = 512) -> String? {
        let start = bytes.startIndex + position
        guard let end = bytes[start...].prefix(limit).firstIndex(of: 10) else { return nil }
        defer { position = end + 1 - bytes.startIndex }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}
