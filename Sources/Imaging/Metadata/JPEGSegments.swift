/// Walks the marker segments of a JPEG up to its first scan.
enum JPEGSegments {
    private static let exif: [UInt8] = Array("Exif\0\0".utf8)
    private static let xmp: [UInt8] = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
    private static let flir: [UInt8] = Array("FLIR\0".utf8)
    /// Smallest raw picture a radiometric camera writes (160 x 120 counts of two bytes); less in APP3 is something
    /// else.
    private static let leastRawBytes = 160 * 120 * 2

    static func read(_ bytes: [UInt8], into metadata: inout PictureMetadata) {
        let reader = ByteReader(bytes, bytes.indices)
        var offset = 2
        var rawBytes = 0
        var hasParameters = false
        var sawExif = false
        while let mark = reader.uint8(at: offset), mark == 0xFF, let kind = reader.uint8(at: offset + 1) {
            if kind == 0xFF {
                offset += 1
                continue
            }
            if kind == 0x01 || (0xD0...0xD7).contains(kind) {
                offset += 2
                continue
            }
            guard kind != 0xDA, kind != 0xD9, let length = reader.uint16(at: offset + 2), length >= 2 else { break }
            let start = offset + 4
            let stop = min(offset + 2 + Int(length), bytes.count)
            guard start <= stop else { break }
            let payload = bytes[start..<stop]
            switch kind {
            case 0xE1 where payload.starts(with: exif) && !sawExif:
                // A second EXIF block belongs to an embedded picture.
                sawExif = true
                TIFFDirectories.read(bytes, in: start + exif.count..<stop, into: &metadata)
            case 0xE1 where payload.starts(with: xmp):
                XMPProperties.read(payload.dropFirst(xmp.count), into: &metadata)
            case 0xE1 where payload.starts(with: flir):
                metadata.thermalKind = .flirRadiometric
            case 0xE3: rawBytes += payload.count
            case 0xE4: hasParameters = hasParameters || payload.count >= 64
            case 0xC0...0xCF where kind != 0xC4 && kind != 0xC8 && kind != 0xCC:
                metadata.height = reader.uint16(at: start + 1).map { Int($0) }
                metadata.width = reader.uint16(at: start + 3).map { Int($0) }
            default: break
            }
            offset = stop
        }
        if rawBytes >= leastRawBytes, hasParameters, metadata.cameraMake?.uppercased().hasPrefix("DJI") != false {
            metadata.thermalKind = .djiRadiometric
        }
    }
}
