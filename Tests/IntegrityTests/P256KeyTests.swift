import Foundation
import Integrity
import Testing

@Suite struct P256KeyTests {
    @Test func whatOneHalfSignsTheOtherAccepts() throws {
        let key = P256PrivateKey()
        let bytes = Array("mute".utf8)
        let signature = try #require(key.sign(bytes))
        let publicKey = try #require(P256PublicKey(pem: key.publicPEM))
        #expect(publicKey.accepts(signature: signature, of: bytes))
        #expect(!publicKey.accepts(signature: signature, of: bytes + [0]))
        #expect(!publicKey.accepts(signature: "", of: bytes) && !publicKey.accepts(signature: "AAAA", of: bytes))
        #expect(P256PublicKey(pem: P256PrivateKey().publicPEM)?.accepts(signature: signature, of: bytes) == false)
        #expect("\(key)" == "P256PrivateKey(***)")
    }

    /// Keys and signatures of OpenSSL, which is what people have.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "needs openssl"))
    func openSSLSignsWhatWeAccept() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "shrike-key-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for line in [
            "ecparam -name prime256v1 -genkey -noout -out \(folder)/key.pem",
            "ec -in \(folder)/key.pem -pubout -out \(folder)/public.pem",
            "dgst -sha256 -sign \(folder)/key.pem -out \(folder)/signature \(folder)/text",
        ] {
            try Data("text".utf8).write(to: URL(filePath: folder + "/text"))
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/openssl")
            process.arguments = line.split(separator: " ").map(String.init)
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0)
        }
        let publicKey = P256PublicKey(pem: try String(contentsOfFile: folder + "/public.pem", encoding: .utf8))
        let signature = try Data(contentsOf: URL(filePath: folder + "/signature")).base64EncodedString()
        #expect(publicKey?.accepts(signature: signature, of: Array("text".utf8)) == true)
        #expect(P256PrivateKey(pem: try String(contentsOfFile: folder + "/key.pem", encoding: .utf8)) != nil)
    }
}
