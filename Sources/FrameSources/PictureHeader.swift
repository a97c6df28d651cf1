/// Kind and size of a picture file, read from its header before any decoder sees it.
///
/// Only JPEG, PNG and TIFF pass: OpenCV's other decoders get no security updates in Debian 12. Any bytes are safe.
struct PictureHeader: Hashable {
    enum Kind: String { case jpeg, png, tiff }

    var kind: Kind
    var width: Int
    var height: Int
    var bitsPerSample: Int
    var channels: Int

    enum Verdict: Hashable {
        case picture(PictureHeader)
        case refused(reason: String)
    }

    static func read(_ bytes: [UInt8]) -> Verdict {
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return JPEGHeader.read(bytes) }
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return png(bytes) }
        if bytes.starts(with: [0x49, 0x49, 42, 0]) || bytes.starts(with: [0x4D, 0x4D, 0, 42]) {
            return TIFFHeader.read(bytes)
        }
        return .refused(reason: bytes.isEmpty ? "file is empty" : "not a JPEG, PNG or TIFF file")
    }

    /// PNG specification, 11.2.2: the first chunk is IHDR.
    private static func png(_ bytes: [UInt8]) -> Verdict {
        guard bytes.count >= 33, bytes[12..<16].elementsEqual("IHDR".utf8) else {
            return .refused(reason: "PNG header is cut short or damaged")
        }
        let width = bytes[16..<20].reduce(0) { $0 << 8 | Int($1) }
        let height = bytes[20..<24].reduce(0) { $0 << 8 | Int($1) }
        let channels: Int
        switch bytes[25] {
        case 0: channels = 1
        case 4: channels = 2
        case 2, 3: channels = 3
        case 6: channels = 4
        default: return .refused(reason: "PNG has an unknown color type")
        }
        let header = PictureHeader(
            kind: .png, width: width, height: height, bitsPerSample: Int(bytes[24]), channels: channels)
        return .picture(header)
    }
}
