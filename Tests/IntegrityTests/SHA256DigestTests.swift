import Foundation
import Integrity
import Testing

@Suite struct SHA256DigestTests {
    /// FIPS 180-4 example values.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func agreesWithTheStandard(text: String, hex: String) {
        #expect(SHA256Digest(ofUTF8: text).hex == hex)
        #expect(SHA256Digest(ofUTF8: text).description == "sha256:" + hex)
    }

    @Test func piecesAndFilesGiveTheDigestOfTheWhole() throws {
        let bytes = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var hasher = SHA256Digest.Hasher()
        bytes.withUnsafeBytes { raw in
            hasher.update(UnsafeRawBufferPointer(rebasing: raw[..<1000]))
            hasher.update(UnsafeRawBufferPointer(rebasing: raw[1000...]))
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "digest-\(UUID().uuidString)")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(hasher.finish() == SHA256Digest(of: bytes))
        #expect(try SHA256Digest.ofFile(at: file.path) == SHA256Digest(of: bytes))
        #expect(throws: (any Error).self) { try SHA256Digest.ofFile(at: file.path + ".absent") }
    }
}
