/// What the tables of a transport stream say about its elementary streams: which carry KLV, which video.
struct TransportProgram {
    enum Stream: Hashable {
        case video
        /// Private data (stream type 0x06), KLV as it is.
        case asynchronous
        /// Metadata in PES (stream type 0x15), KLV in access units with headers.
        case synchronous
    }

    static let mostStreams = 64
    static let klva: [UInt8] = [0x4B, 0x4C, 0x56, 0x41]

    /// Packet identifiers of the program map tables, by the program association table.
    static func maps(_ section: [UInt8]) -> [Int] {
        guard section.count >= 12, section[0] == 0x00 else { return [] }
        var result: [Int] = []
        for start in stride(from: 8, to: section.count - 7, by: 4) {
            let program = Int(section[start]) << 8 | Int(section[start + 1])
            let identifier = Int(section[start + 2] & 0x1F) << 8 | Int(section[start + 3])
            if program != 0, !result.contains(identifier), result.count < mostStreams { result.append(identifier) }
        }
        return result
    }

    /// Streams of a program in order of its table.
    static func streams(_ section: [UInt8]) -> [(identifier: Int, stream: Stream)] {
        guard section.count >= 16, section[0] == 0x02 else { return [] }
        let end = section.count - 4
        var position = 12 + (Int(section[10] & 0x0F) << 8 | Int(section[11]))
        var result: [(Int, Stream)] = []
        while position <= end - 5, result.count < mostStreams {
            let type = section[position]
            let identifier = Int(section[position + 1] & 0x1F) << 8 | Int(section[position + 2])
            let length = Int(section[position + 3] & 0x0F) << 8 | Int(section[position + 4])
            guard length <= end - position - 5 else { break }
            let isKLV = namesKLV(section[position + 5..<position + 5 + length])
            switch type {
            case 0x06 where isKLV: result.append((identifier, .asynchronous))
            case 0x15 where isKLV: result.append((identifier, .synchronous))
            case 0x01, 0x02, 0x10, 0x1B, 0x20, 0x24, 0x33: result.append((identifier, .video))
            default: break
            }
            position += 5 + length
        }
        return result
    }

    /// A registration descriptor (5) or metadata descriptor (38) with the format KLVA.
    private static func namesKLV(_ descriptors: ArraySlice<UInt8>) -> Bool {
        var rest = descriptors
        while let tag = rest.popFirst(), let length = rest.popFirst(), Int(length) <= rest.count {
            let content = Array(rest.prefix(Int(length)))
            rest = rest.dropFirst(Int(length))
            if tag == 0x05, content.starts(with: klva) { return true }
            if tag == 0x26 {
                // Application format (with an identifier where it is 0xFFFF), then format 0xFF and its identifier.
                let start = content.starts(with: [0xFF, 0xFF]) ? 6 : 2
                if content.dropFirst(start).starts(with: [0xFF] + klva) { return true }
            }
        }
        return false
    }
}
