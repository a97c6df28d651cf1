/// Walks the chunks of a PNG up to its pixels and reads `eXIf` and uncompressed XMP.
enum PNGChunks {
    private static let xmp: [UInt8] = Array("XML:com.adobe.xmp\0".utf8)
    /// Chunks looked at; a sound file has a dozen before its pixels.
    private static let most = 1000

    static func read(_ bytes: [UInt8], into metadata: inout PictureMetadata) {
        let reader = ByteReader(bytes, bytes.indices)
        var offset = 8
        for _ in 0..<most {
            guard let length = reader.uint32(at: offset), let name = reader.slice(at: offset + 4, count: 4),
                let payload = reader.slice(at: offset + 8, count: Int(length))
            else { return }
            switch String(decoding: name, as: UTF8.self) {
            case "IHDR":
                metadata.width = reader.uint32(at: offset + 8).map { Int($0) }
                metadata.height = reader.uint32(at: offset + 12).map { Int($0) }
            case "eXIf": TIFFDirectories.read(bytes, in: payload.startIndex..<payload.endIndex, into: &metadata)
            case "iTXt" where payload.starts(with: xmp): readText(payload.dropFirst(xmp.count), into: &metadata)
            case "IDAT", "IEND": return
            default: break
            }
            offset += 12 + Int(length)
        }
    }

    /// Compression flag and method, language and translated keyword (each ended by a zero), then the text.
    private static func readText(_ payload: ArraySlice<UInt8>, into metadata: inout PictureMetadata) {
        guard payload.first == 0 else { return }
        var rest = payload.dropFirst(2)
        for _ in 0..<2 {
            guard let zero = rest.firstIndex(of: 0) else { return }
            rest = rest[(zero + 1)...]
        }
        XMPProperties.read(rest, into: &metadata)
    }
}
