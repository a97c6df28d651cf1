import Foundation
import Integrity
import ShrikeCore

/// Identity of a large file's content, cheap to compute: SHA-256 over its size, its first and its last mebibyte.
enum FileIdentity {
    private static let piece = 1 << 20

    static func ofFile(at path: String) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? file.close() }
        let size = try file.seekToEnd()
        var hasher = SHA256Digest.Hasher()
        hasher.update(Data("shrike-footage-1 \(size)\n".utf8))
        try file.seek(toOffset: 0)
        hasher.update(try file.read(upToCount: piece) ?? Data())
        if size > UInt64(piece) {
            try file.seek(toOffset: max(UInt64(piece), size - UInt64(piece)))
            hasher.update(try file.read(upToCount: piece) ?? Data())
        }
        return hasher.finish().description
    }
}
