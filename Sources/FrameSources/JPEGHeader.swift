/// Size of a JPEG from its start-of-frame segment (ITU-T T.81, B.2.2).
enum JPEGHeader {
    static func read(_ bytes: [UInt8]) -> PictureHeader.Verdict {
        var at = 2
        while at + 4 <= bytes.count {
            guard bytes[at] == 0xFF else { return .refused(reason: "JPEG segments are damaged") }
            let marker = bytes[at + 1]
            if marker == 0xFF {
                at += 1
                continue
            }
            if marker == 0x01 || (0xD0...0xD7).contains(marker) {
                at += 2
                continue
            }
            let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
            guard length >= 2, marker != 0xD9, marker != 0xDA else {
                return .refused(reason: "JPEG has no frame header")
            }
            if (0xC0...0xCF).contains(marker), marker != 0xC4, marker != 0xC8, marker != 0xCC {
                guard length >= 8, at + 10 <= bytes.count else { break }
                return .picture(
                    PictureHeader(
                        kind: .jpeg, width: Int(bytes[at + 7]) << 8 | Int(bytes[at + 8]),
                        height: Int(bytes[at + 5]) << 8 | Int(bytes[at + 6]), bitsPerSample: Int(bytes[at + 4]),
                        channels: Int(bytes[at + 9])))
            }
            at += 2 + length
        }
        return .refused(reason: "JPEG is cut short before its frame header")
    }
}
