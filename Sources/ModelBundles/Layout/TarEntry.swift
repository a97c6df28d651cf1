import Foundation

/// One 512-byte header of a tar archive (POSIX ustar), read with bounds.
struct TarEntry {
    enum Kind { case file, folder, extended, link, other }

    static let blockSize: Int64 = 512

    var name: String
    var size: Int64
    var kind: Kind

    /// nil for a block of zeros, the end of the archive.
    ///
    /// - Throws: ``BundleError`` where checksum or numbers are wrong.
    static func read(_ block: Data, at place: String) throws(BundleError) -> TarEntry? {
        let bytes = [UInt8](block)
        if bytes.allSatisfy({ $0 == 0 }) { return nil }
        let sum = bytes.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        guard let stated = octal(bytes[148..<156]), stated == Int64(sum) else {
            throw BundleError("tar header has a wrong checksum", at: place, remedy: "copy the file again")
        }
        guard let size = octal(bytes[124..<136]) else {
            throw BundleError("tar entry of unreadable size", at: place, remedy: "copy the file again")
        }
        var name = text(bytes[0..<100])
        if Array(bytes[257..<262]) == Array("ustar".utf8), bytes[345] != 0 {
            name = text(bytes[345..<500]) + "/" + name
        }
        if name.hasPrefix("./") { name.removeFirst(2) }
        let kind: Kind =
            switch bytes[156] {
            case 0x30, 0: .file
            case 0x35: .folder
            case 0x78, 0x67: .extended
            case 0x31, 0x32: .link
            default: .other
            }
        return TarEntry(name: name, size: size, kind: kind)
    }

    /// A header for a file, the same bytes on every machine: no owner, no time.
    static func header(name: String, size: Int) -> Data {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, _ offset: Int) {
            for (i, byte) in text.utf8.enumerated() { block[offset + i] = byte }
        }
        func octal(_ value: Int, _ width: Int) -> String {
            let digits = String(value, radix: 8)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        put(name, 0)
        put("0000644", 100)
        put("0000000", 108)
        put("0000000", 116)
        put(octal(size, 11), 124)
        put("00000000000", 136)
        put("        ", 148)
        put("0", 156)
        put("ustar", 257)
        put("00", 263)
        put(octal(block.reduce(0) { $0 + Int($1) }, 6), 148)
        block[154] = 0
        return Data(block)
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func octal(_ field: ArraySlice<UInt8>) -> Int64? {
        let digits = field.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
        guard !digits.isEmpty, digits.count <= 12 else { return nil }
        return digits.reduce(0) { $0 << 3 | Int64($1 - 0x30) }
    }
}
