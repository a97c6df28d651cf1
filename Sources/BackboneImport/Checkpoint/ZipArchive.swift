internal import CZlib
internal import Foundation

/// Members of a zip file (PKWARE APPNOTE 6.3), stored or deflated, as Python wheels are; every size is checked before
/// memory is taken. Nothing is written anywhere, so names of members do no harm.
struct ZipArchive {
    struct Member: Hashable {
        var name: String
        fileprivate var method: Int
        fileprivate var packedSize: Int
        var size: Int
        fileprivate var checksum: UInt32
        fileprivate var headerOffset: Int
    }

    let members: [Member]
    private let bytes: Data
    private let place: String

    static let maximumMembers = 10_000
    /// Largest member that is unpacked.
    static let maximumMemberBytes = 512 << 20

    static func isZip(_ bytes: Data) -> Bool { bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

    init(_ bytes: Data, place: String) throws(BackboneImportError) {
        (self.bytes, self.place) = (bytes, place)
        guard let members = Self.directory(bytes) else {
            throw BackboneImportError(
                "the zip file is damaged or incomplete", at: place, remedy: "download it again")
        }
        self.members = members
    }

    /// The unpacked content.
    func content(of member: Member) throws(BackboneImportError) -> Data {
        guard member.size <= Self.maximumMemberBytes else { throw damaged(member, "is larger than 512 MiB") }
        var cursor = ByteCursor(bytes)
        guard cursor.seek(member.headerOffset), cursor.number(bytes: 4) == 0x0403_4B50, cursor.take(22) != nil,
            let nameSize = cursor.number(bytes: 2), let extraSize = cursor.number(bytes: 2),
            cursor.take(Int(nameSize) + Int(extraSize)) != nil, let packed = cursor.take(member.packedSize)
        else { throw damaged(member, "is not where the directory says") }
        let content: Data
        switch member.method {
        case 0: content = packed
        case 8:
            guard let unpacked = Self.inflate(packed, size: member.size) else { throw damaged(member, "is damaged") }
            content = unpacked
        default: throw damaged(member, "is packed by method \(member.method), not deflate")
        }
        guard content.count == member.size, Self.checksum(content) == member.checksum else {
            throw damaged(member, "does not match its checksum")
        }
        return content
    }

    private func damaged(_ member: Member, _ what: String) -> BackboneImportError {
        BackboneImportError(
            "\(member.name.prefix(200)) in the zip file \(what)", at: place, remedy: "download it again")
    }

    private static func directory(_ bytes: Data) -> [Member]? {
        // The end record is the last 22 bytes and at most 64 KiB of comment.
        let window = bytes.suffix(22 + 65_535)
        guard let end = window.lastRange(of: Data([0x50, 0x4B, 0x05, 0x06])) else { return nil }
        var record = ByteCursor(Data(bytes[end.lowerBound...]))
        guard record.take(10) != nil, let count = record.number(bytes: 2), count <= maximumMembers,
            record.take(4) != nil, let offset = record.number(bytes: 4)
        else { return nil }
        var cursor = ByteCursor(bytes)
        guard cursor.seek(Int(offset)) else { return nil }
        var members: [Member] = []
        for _ in 0..<count {
            guard let member = entry(&cursor) else { return nil }
            members.append(member)
        }
        return members
    }

    private static func entry(_ cursor: inout ByteCursor) -> Member? {
        guard cursor.number(bytes: 4) == 0x0201_4B50, cursor.take(4) != nil, let flags = cursor.number(bytes: 2),
            flags & 1 == 0, let method = cursor.number(bytes: 2), cursor.take(4) != nil,
            let checksum = cursor.number(bytes: 4), let packed = cursor.number(bytes: 4),
            let size = cursor.number(bytes: 4), let nameSize = cursor.number(bytes: 2),
            let extraSize = cursor.number(bytes: 2), let commentSize = cursor.number(bytes: 2), cursor.take(8) != nil,
            let offset = cursor.number(bytes: 4), let name = cursor.take(Int(nameSize)),
            cursor.take(Int(extraSize) + Int(commentSize)) != nil
        else { return nil }
        return Member(
            name: String(decoding: name, as: UTF8.self), method: Int(method), packedSize: Int(packed), size: Int(size),
            checksum: UInt32(truncatingIfNeeded: checksum), headerOffset: Int(offset))
    }

    /// Raw deflate into exactly `size` bytes; nil where it gives fewer or wants more.
    private static func inflate(_ packed: Data, size: Int) -> Data? {
        var stream = z_stream()
        guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
        defer { inflateEnd(&stream) }
        var output = Data(count: max(1, size))
        let status = packed.withUnsafeBytes { from in
            output.withUnsafeMutableBytes { to in
                // zlib does not write to its input; its C type only does not say so.
                stream.next_in = UnsafeMutablePointer(
                    mutating: from.baseAddress?.assumingMemoryBound(to: UInt8.self))
                stream.avail_in = UInt32(clamping: from.count)
                stream.next_out = to.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.avail_out = UInt32(clamping: size)
                return CZlib.inflate(&stream, Z_FINISH)
            }
        }
        return status == Z_STREAM_END && Int(stream.total_out) == size ? output.prefix(size) : nil
    }

    private static func checksum(_ content: Data) -> UInt32 {
        content.withUnsafeBytes { bytes in
            UInt32(
                truncatingIfNeeded: crc32(
                    0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(clamping: bytes.count)))
        }
    }
}
