/// Reads numbers of either byte order at any offset of a range; outside it there is nothing.
struct ByteReader {
    let bytes: [UInt8]
    let range: Range<Int>
    var isBigEndian: Bool

    init(_ bytes: [UInt8], _ range: Range<Int>, isBigEndian: Bool = true) {
        (self.bytes, self.isBigEndian) = (bytes, isBigEndian)
        self.range = range.clamped(to: bytes.startIndex..<bytes.endIndex)
    }

    /// The bytes at an offset into the range; nil unless all of them lie inside.
    func slice(at offset: Int, count: Int) -> ArraySlice<UInt8>? {
        guard offset >= 0, count >= 0, offset <= range.count, count <= range.count - offset else { return nil }
        let start = range.lowerBound + offset
        return bytes[start..<start + count]
    }

    func uint8(at offset: Int) -> UInt8? { slice(at: offset, count: 1)?.first }

    func uint16(at offset: Int) -> UInt16? { integer(at: offset, count: 2).map { UInt16(truncatingIfNeeded: $0) } }

    func uint32(at offset: Int) -> UInt32? { integer(at: offset, count: 4) }

    private func integer(at offset: Int, count: Int) -> UInt32? {
        guard let slice = slice(at: offset, count: count) else { return nil }
        return isBigEndian
            ? slice.reduce(0) { $0 << 8 | UInt32($1) } : slice.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
