import Foundation
import Integrity
import Testing

@Suite struct SigningKeyTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)")

    @discardableResult
    private func openssl(_ arguments: String...) throws -> Int32 {
        let run = Process()
        run.executableURL = URL(filePath: "/usr/bin/openssl")
        run.arguments = arguments
        run.currentDirectoryURL = folder
        (run.standardOutput, run.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try run.run()
        run.waitUntilExit()
        return run.terminationStatus
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    @Test func keysAndSignaturesOfOpensslAreTakenAndOursByOpenssl() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // With the EC PARAMETERS block that openssl writes in front unless told not to.
        #expect(try openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", "key.pem") == 0)
        #expect(try openssl("ec", "-in", "key.pem", "-pubout", "-out", "pub.pem") == 0)
        #expect(try openssl("pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-out", "pkcs8.pem") == 0)
        let bytes = Data("payload".utf8)
        try bytes.write(to: folder.appending(path: "payload"))
        let publicKey = try VerifyingKey(pem: text("pub.pem"))
        for name in ["key.pem", "pkcs8.pem"] {
            let key = try SigningKey(pem: text(name))
            #expect(key.verifyingKey == publicKey)
            try key.signature(of: bytes).write(to: folder.appending(path: "signature"))
            #expect(try openssl("dgst", "-sha256", "-verify", "pub.pem", "-signature", "signature", "payload") == 0)
        }
        #expect(try openssl("dgst", "-sha256", "-sign", "key.pem", "-out", "theirs", "payload") == 0)
        let theirs = try Data(contentsOf: folder.appending(path: "theirs"))
        #expect(publicKey.isValid(theirs, of: bytes))
        #expect(!publicKey.isValid(theirs, of: bytes + [0]))
        #expect(!SigningKey().verifyingKey.isValid(theirs, of: bytes))
        // Ours are read back by openssl.
        try SigningKey().pem.write(to: folder.appending(path: "ours.pem"), atomically: true, encoding: .utf8)
        #expect(try openssl("ec", "-in", "ours.pem", "-noout") == 0)
    }

    @Test(arguments: [
        "", "-----BEGIN PRIVATE KEY-----", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----",
    ])
    func whatIsNoKeySaysWhatToDo(text: String) {
        for error in [
            #expect(throws: KeyError.self) { try SigningKey(pem: text) },
            #expect(throws: KeyError.self) { try VerifyingKey(pem: text) },
        ] { #expect(error?.description.contains("openssl") == true) }
    }

    @Test func anEncryptedKeyIsNamedAsSuch() {
        let text = "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAA==\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----"
        #expect(#expect(throws: KeyError.self) { try SigningKey(pem: text) }?.description.contains("encrypted") == true)
    }

    @Test func garbageIsNoSignature() {
        let key = SigningKey().verifyingKey
        for bytes in [Data(), Data([0x30]), Data(count: 64), Data(repeating: 0xFF, count: 5000)] {
            #expect(!key.isValid(bytes, of: Data("x".utf8)))
        }
    }

    @Test func digestsAreReadOnlyInTheirOneForm() {
        let text = SHA256Digest(ofUTF8: "x").description
        #expect(SHA256Digest(text)?.description == text)
        for bad in [text.uppercased(), String(text.dropLast()), text + "0", String(text.dropFirst(7)), "sha512:00", ""]
        {
            #expect(SHA256Digest(bad) == nil)
        }
    }
}
