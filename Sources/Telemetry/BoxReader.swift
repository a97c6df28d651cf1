/// Reads the boxes of an ISO base media file (ISO/IEC 14496-12) within bytes that are in memory, and the numbers in them.
///
/// Every read is checked against the range; what is cut gives nil.
struct BoxReader {
    struct Box {
        /// Four characters as one big-endian number.
        var type: UInt32
        /// What follows the header.
        var content: Range<Int>
    }

    let bytes: [UInt8]
    private(set) var position: Int
    let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        let clamped = range.clamped(to: bytes.startIndex..<bytes.endIndex)
        (self.bytes, position, end) = (bytes, clamped.lowerBound, clamped.upperBound)
    }

    static func type(_ name: StaticString) -> UInt32 {
        name.withUTF8Buffer { $0.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }
    }

    var remaining: Int { end - position }

    mutating func skip(_ count: Int) -> Bool {
        guard count >= 0, count <= remaining else { return false }
        position += count
        return true
    }

    mutating func uint16() -> UInt16? { number(2).map { UInt16(truncatingIfNeeded: $0) } }
    mutating func uint32() -> UInt32? { number(4).map { UInt32(truncatingIfNeeded: $0) } }
    mutating func uint64() -> UInt64? { number(8) }

    private mutating func number(_ count: Int) -> UInt64? {
        guard count <= remaining else { return nil }
        defer { position += count }
        return bytes[position..<position + count].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The next box; nil at the end or where its size is none.
    mutating func next() -> Box? {
        let start = position
        guard let size = uint32(), let type = uint32() else { return nil }
        var length = UInt64(size)
        if size == 1 {
            guard let large = uint64() else { return nil }
            length = large
        } else if size == 0 {
            length = UInt64(end - start)
        }
        guard length >= UInt64(position - start), length <= UInt64(end - start) else { return nil }
        let content = position..<start + Int(length)
        position = content.upperBound
        return Box(type: type, content: content)
    }

    /// The first box of a type within a range.
    func first(_ name: StaticString, in range: Range<Int>) -> Range<Int>? {
        let wanted = Self.type(name)
        var reader = BoxReader(bytes, range)
        while let box = reader.next() {
            if box.type == wanted { return box.content }
        }
        return nil
    }

    /// The same along a path of nested boxes.
    func first(_ path: [StaticString], in range: Range<Int>) -> Range<Int>? {
        var range = range
        for name in path {
            guard let inner = first(name, in: range) else { return nil }
            range = inner
        }
        return range
    }
}
