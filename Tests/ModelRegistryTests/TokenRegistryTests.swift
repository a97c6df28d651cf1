import Foundation
import Integrity
import ModelBundles
import ModelRegistry
import ShrikeCore
import TestKit
import Testing

/// A registry of another make: tokens, no ranges, answers cut short.
@Suite struct TokenRegistryTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func standIn() async throws -> (process: ShrikeProcess, port: String) {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "registry_stand_in.py").path
        let process = try await ShrikeProcess(
            [script, folder.path("content"), folder.path("port")], program: "/usr/bin/python3")
        let file = folder.path("port")
        try #require(
            await Patience.holds(within: .seconds(20)) { FileManager.default.fileExists(atPath: file) },
            "\(process.errors)")
        return (process, try folder.text("port"))
    }

    private func pull(_ address: String, into store: ModelStore, _ password: String?) async throws -> BundleChain {
        var options = RegistryOptions()
        options.credentials = password.map { RegistryCredentials(user: "inspector", password: $0) }
        let given = options
        return try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                continuation.resume(
                    with: Result {
                        var pull = try RegistryPull(RegistryAddress(address), into: store, options: given)
                        return try pull.pull().chain
                    })
            }
            thread.start()
        }
    }

    @Test func tokensAreFetchedAndAServerWithoutRangesIsServedFromTheStart() async throws {
        let desk = try ModelStore(folder.path("desk"))
        var draft = BundleDraft(level: .l0, name: "tiny", version: "1")
        let card = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 5) })
        draft.layers = [.init(SceneLoader.cardFile, ModelPackType.doc, .data(card))]
        let bundle = try draft.write(to: desk.layout)
        try folder.write(desk.layout.manifestBytes(bundle.digest), to: "content/manifests/tiny-1")
        for blob in bundle.manifest.blobs {
            try folder.write(
                desk.layout.read(blob.digest, size: blob.size, maximumBytes: 1 << 20),
                to: "content/blobs/\(blob.digest)")
        }
        let (process, port) = try await standIn()
        let at = "127.0.0.1:\(port)/line:tiny-1"
        let gateway = try ModelStore(folder.path("gateway"))
        for password in [nil, "wrong"] {
            let error = await #expect(throws: RegistryError.self) { try await pull(at, into: gateway, password) }
            #expect(error?.description.contains("token server refuses access") == true)
        }
        let chain = try await pull(at, into: gateway, "secret")
        #expect(try chain.top.data(SceneLoader.cardFile) == card)
        await process.kill()
    }
}
