/// Reads keys, lengths and numbers of SMPTE 336M local sets within a range of bytes.
struct KLVReader {
    let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        let clamped = range.clamped(to: bytes.startIndex..<bytes.endIndex)
        (self.bytes, position, end) = (bytes, clamped.lowerBound, clamped.upperBound)
    }

    mutating func skip(_ count: Int) { position = min(end, position + max(0, count)) }

    /// A tag in BER object-identifier form; tags beyond two bytes are unknown to us and end the set.
    mutating func tag() -> Int? {
        guard let first = byte() else { return nil }
        guard first & 0x80 != 0 else { return Int(first) }
        guard let second = byte(), second & 0x80 == 0 else { return nil }
        return Int(first & 0x7F) << 7 | Int(second)
    }

    /// A length in BER short or long form, at most four bytes of it.
    mutating func length() -> Int? {
        guard let first = byte() else { return nil }
        guard first & 0x80 != 0 else { return Int(first) }
        let count = Int(first & 0x7F)
        guard (1...4).contains(count) else { return nil }
        var value = 0
        for _ in 0..<count {
            guard let next = byte() else { return nil }
            value = value << 8 | Int(next)
        }
        return value
    }

    /// The next bytes as a range; nil unless all of them are there.
    mutating func take(_ count: Int) -> Range<Int>? {
        guard count >= 0, count <= end - position else { return nil }
        defer { position += count }
        return position..<position + count
    }

    /// The whole range as one big-endian number; nil where it has another size.
    func unsigned(count: Int) -> UInt64? {
        guard end - position == count, count <= 8 else { return nil }
        return bytes[position..<end].reduce(0) { $0 << 8 | UInt64($1) }
    }

    func signed(count: Int) -> Int64? {
        guard (1...4).contains(count) else { return nil }
        return unsigned(count: count).map { value in
            let sign = UInt64(1) << (8 * UInt64(count) - 1)
            return value & sign == 0 ? Int64(value) : Int64(value) - Int64(sign) * 2
        }
    }

    private mutating func byte() -> UInt8? {
        guard position < end else { return nil }
        defer { position += 1 }
        return bytes[position]
    }
}
