/// One entry of a TIFF directory.
struct TIFFEntry {
    let tag: UInt16
    private let type: UInt16
    private let count: Int
    /// Where the value lies: in the entry itself when it fits four bytes, else where the entry points.
    private let offset: Int

    private static let sizes: [UInt16: Int] = [
        1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8,
    ]

    init?(_ reader: ByteReader, at position: Int) {
        guard let tag = reader.uint16(at: position), let type = reader.uint16(at: position + 2),
            let count = reader.uint32(at: position + 4), let size = Self.sizes[type], count <= 1 << 24
        else { return nil }
        (self.tag, self.type, self.count) = (tag, type, Int(count))
        if size * Int(count) <= 4 {
            offset = position + 8
        } else {
            guard let target = reader.uint32(at: position + 8) else { return nil }
            offset = Int(target)
        }
    }

    func payload(_ reader: ByteReader) -> ArraySlice<UInt8>? {
        reader.slice(at: offset, count: count * (Self.sizes[type] ?? 1))
    }

    /// First value of an integer type.
    func integer(_ reader: ByteReader) -> Int? {
        guard count >= 1 else { return nil }
        switch type {
        case 1, 7: return reader.uint8(at: offset).map { Int($0) }
        case 3: return reader.uint16(at: offset).map { Int($0) }
        case 4: return reader.uint32(at: offset).map { Int($0) }
        default: return nil
        }
    }

    /// ASCII up to the first zero, without surrounding blanks; nil where nothing is left.
    func text(_ reader: ByteReader) -> String? {
        guard type == 2 || type == 7 || type == 1, count <= 1024, let payload = payload(reader) else { return nil }
        let bytes = payload.prefix { $0 != 0 }.filter { $0 >= 32 && $0 < 127 }
        let trimmed = String(decoding: bytes, as: UTF8.self).drop { $0 == " " }
        let end = trimmed.lastIndex { $0 != " " }
        return end.map { String(trimmed[...$0]) }
    }

    /// Unsigned rationals, at most four; empty where a denominator is zero.
    func rationals(_ reader: ByteReader) -> [Double] {
        guard type == 5, (1...4).contains(count) else { return [] }
        var values: [Double] = []
        for index in 0..<count {
            guard let numerator = reader.uint32(at: offset + 8 * index),
                let denominator = reader.uint32(at: offset + 8 * index + 4), denominator > 0
            else { return [] }
            values.append(Double(numerator) / Double(denominator))
        }
        return values
    }
}
