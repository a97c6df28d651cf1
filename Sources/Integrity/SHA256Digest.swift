import Crypto
public import Foundation

/// A SHA-256 digest (FIPS 180-4).
public struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
    /// 64 lower-case hex digits.
    public let hex: String

    public init(of bytes: some DataProtocol) {
        hex = SHA256.hash(data: bytes).hexText
    }

    public init(ofUTF8 text: String) { self.init(of: Data(text.utf8)) }

    /// Reads `sha256:` and 64 lower-case hex digits; nil for anything else.
    public init?(_ text: String) {
        guard text.hasPrefix("sha256:") else { return nil }
        let digits = text.utf8.dropFirst(7)
        guard digits.count == 64, digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
            return nil
        }
        hex = String(text.dropFirst(7))
    }

    fileprivate init(hex: String) { self.hex = hex }

    /// `sha256:<hex>`, the form of OCI descriptors.
    public var description: String { "sha256:" + hex }

    /// Digest of a file's content, read in pieces.
    ///
    /// - Throws: the file system's error where the file cannot be read.
    public static func ofFile(at path: String) throws -> SHA256Digest {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? file.close() }
        var hasher = Hasher()
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { hasher.update(piece) }
        return hasher.finish()
    }

    /// Digest of bytes that come in pieces.
    public struct Hasher {
        private var state = SHA256()

        public init() {}

        public mutating func update(_ bytes: some DataProtocol) { state.update(data: bytes) }

        public mutating func update(_ bytes: UnsafeRawBufferPointer) { state.update(bufferPointer: bytes) }

        public func finish() -> SHA256Digest { SHA256Digest(hex: state.finalize().hexText) }
    }
}

extension SHA256.Digest {
    fileprivate var hexText: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
