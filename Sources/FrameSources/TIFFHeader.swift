/// Size and sample layout of a TIFF's first picture (TIFF 6.0, sections 2 and 8).
enum TIFFHeader {
    static func read(_ bytes: [UInt8]) -> PictureHeader.Verdict {
        let reader = Reader(bytes: bytes, isLittle: bytes.first == 0x49)
        guard let directory = reader.number(at: 4, size: 4), let count = reader.number(at: directory, size: 2),
            count > 0, count <= 512
        else { return .refused(reason: "TIFF directory is cut short or damaged") }
        var values: [Int: Int] = [:]
        for entry in 0..<count {
            let at = directory + 2 + entry * 12
            guard let tag = reader.number(at: at, size: 2), let value = reader.firstValue(ofEntryAt: at) else {
                continue
            }
            values[tag] = value
        }
        guard let width = values[256], let height = values[257] else {
            return .refused(reason: "TIFF does not tell its size")
        }
        // A tile or strip is one allocation of the decoder.
        let (tileWidth, tileHeight) = (values[322] ?? 1, values[323] ?? 1)
        guard (1...16_384).contains(tileWidth), (1...16_384).contains(tileHeight) else {
            return .refused(reason: "TIFF has implausible tiles")
        }
        if let format = values[339], format != 1 {
            return .refused(reason: "TIFF samples are not unsigned integers")
        }
        return .picture(
            PictureHeader(
                kind: .tiff, width: width, height: height, bitsPerSample: values[258] ?? 1, channels: values[277] ?? 1))
    }

    private struct Reader {
        var bytes: [UInt8]
        var isLittle: Bool

        func number(at offset: Int, size: Int) -> Int? {
            guard offset >= 0, offset <= bytes.count - size else { return nil }
            let part = bytes[offset..<(offset + size)]
            return isLittle ? part.reversed().reduce(0) { $0 << 8 | Int($1) } : part.reduce(0) { $0 << 8 | Int($1) }
        }

        /// First value of an entry of type SHORT or LONG, in place or where the entry points to.
        func firstValue(ofEntryAt at: Int) -> Int? {
            guard let type = number(at: at + 2, size: 2), let count = number(at: at + 4, size: 4), count > 0,
                type == 3 || type == 4
            else { return nil }
            let size = type == 3 ? 2 : 4
            // `count` is below 2^32, so the product stays far from overflow.
            guard count * size > 4 else { return number(at: at + 8, size: size) }
            return number(at: at + 8, size: 4).flatMap { number(at: $0, size: size) }
        }
    }
}
