/// Whether a picture file has its end: decoders fill what is missing with gray and say nothing, and a report must not
/// call half a picture inspected.
enum PictureEnding {
    /// False where the file is cut short. TIFF has no end mark; its decoder refuses missing strips.
    static func isThere(_ kind: PictureHeader.Kind, _ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { raw in
            switch kind {
            case .jpeg: hasEndOfImage(raw)
            case .png: hasEndChunk(raw)
            case .tiff: true
            }
        }
    }

    /// EOI behind the first start of scan (ITU-T T.81, B.1.1.3): compressed data cannot hold it, a thumbnail before can.
    private static func hasEndOfImage(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var at = 2
        while at + 4 <= bytes.count, bytes[at] == 0xFF, bytes[at + 1] != 0xDA {
            let marker = bytes[at + 1]
            if marker == 0xFF {
                at += 1
            } else if marker == 0x01 || (0xD0...0xD7).contains(marker) {
                at += 2
            } else {
                at += 2 + max(2, Int(bytes[at + 2]) << 8 | Int(bytes[at + 3]))
            }
        }
        // From the end, where it nearly always is; some cameras append data of their own.
        var end = bytes.count - 2
        while end >= at {
            if bytes[end] == 0xFF, bytes[end + 1] == 0xD9 { return true }
            end -= 1
        }
        return false
    }

    /// The chunks lead to a whole IEND (PNG specification, 5.3).
    private static func hasEndChunk(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var at = 8
        while at + 12 <= bytes.count {
            let length = (0..<4).reduce(0) { $0 << 8 | Int(bytes[at + $1]) }
            if bytes[(at + 4)..<(at + 8)].elementsEqual("IEND".utf8) { return true }
            at += 12 + length
        }
        return false
    }
}
