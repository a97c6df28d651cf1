import Foundation
import Integrity
import ModelBundles
import ModelRegistry
import ShrikeCore
import TestKit
import Testing

@Suite(.serialized, .enabled(if: RegistryHarness.isAvailable, "docker-registry is not installed: deploy/setup test"))
struct RegistryTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func store(_ name: String) throws -> ModelStore { try ModelStore(folder.path(name)) }

    /// Bytes that do not compress and are the same every time.
    static func noise(_ count: Int, seed: UInt64) -> Data {
        var state = seed &* 2 &+ 1
        return Data(
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(state >> 56)
            })
    }

    private func base(in store: ModelStore, bytes: Int = 200_000) throws -> ModelBundle {
        var draft = BundleDraft(level: .l0, name: "tiny", version: "1")
        let network = Self.noise(bytes, seed: 1)
        let description = BaseDescription(
            architecture: "test",
            input: .init(name: "picture", width: 8, height: 8, mean: [127, 127, 127], scale: [128, 128, 128]),
            taps: [.init(name: "s8", stride: 8, channels: 2)],
            weights: [.fp32: .init(file: "backbone.onnx", digest: SHA256Digest(of: network))])
        draft.layers = [.init("backbone.onnx", ModelPackType.weight, .data(network)), description.layer]
        return try draft.write(to: store.layout)
    }

    private func scene(_ version: String, on base: ModelBundle?, in store: ModelStore) throws -> ModelBundle {
        var draft = BundleDraft(level: .l2, name: "roof", version: version, parent: base.map { .init($0) })
        let text = #"{"format":1,"name":"roof","version":"1","kind":"thermal","classes":[{"code":"hot"}]}"#
        let heads = Tensor(element: .uint8, shape: [20_000], bytes: Self.noise(20_000, seed: UInt64(version) ?? 0))
        draft.layers = [
            .init(SceneLoader.documentFile, ModelPackType.weightConfig, .data(Data(text.utf8))),
            .init(SceneLoader.headsFile, ModelPackType.weight, .data(TensorFile(tensors: ["w": heads]).bytes)),
        ]
        return try draft.write(to: store.layout)
    }

    private func chain(_ bundle: ModelBundle, in store: ModelStore) throws -> BundleChain {
        try store.resolve(.digest(bundle.digest))
    }

    /// Transfers block, so they run off the pool that other tests wait on.
    private func pull(
        _ text: String, into store: ModelStore, _ options: RegistryOptions = .init()
    ) async throws -> RegistryPull.Arrival {
        try await offPool {
            var pull = try RegistryPull(RegistryAddress(text), into: store, options: options)
            return try pull.pull()
        }
    }

    private func push(
        _ chain: BundleChain, to text: String, _ options: RegistryOptions = .init(), mountFrom: [String] = []
    ) async throws -> TransferResult {
        try await offPool {
            var push = try RegistryPush(RegistryAddress(text), options: options, mountFrom: mountFrom)
            return try push.push(chain).result
        }
    }

    private func offPool<R: Sendable>(_ work: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try work() }) }
            thread.start()
        }
    }

    @Test func onlyWhatIsMissingTravelsBothWays() async throws {
        let registry = try await RegistryHarness.started()
        let proxy = CuttingProxy(to: registry.port)
        defer { proxy.close() }
        let at = "127.0.0.1:\(proxy.port)/line"
        let (desk, gateway) = (try store("desk"), try store("gateway"))
        let base = try base(in: desk)
        let key = SigningKey()
        for version in ["1", "2"] {
            let scene = try scene(version, on: base, in: desk)
            try scene.sign(with: key, identity: at, in: desk.layout)
        }
        let first = try await push(chain(desk.bundle(.reference("roof:1")), in: desk), to: at)
        #expect(first.blobsKept == 0 && first.bytes > 220_000)
        let second = try await push(chain(desk.bundle(.reference("roof:2")), in: desk), to: at)
        #expect(second.bytes < 30_000, "the base travelled again: \(second)")

        let before = proxy.bytes
        let arrival = try await pull(at + ":roof-1", into: gateway)
        #expect(proxy.bytes - before > 220_000)
        #expect(arrival.chain.base?.digest == base.digest)
        let between = proxy.bytes
        let next = try await pull(at + ":roof-2", into: gateway)
        // Counted at the registry: the second scene costs its own layers and manifests.
        #expect(proxy.bytes - between < 30_000, "\(proxy.bytes - between) bytes")
        #expect(next.result.bytes < 25_000)
        let again = try await pull(at + ":roof-2", into: gateway)
        #expect(again.result.blobsMoved == 0)
        // What came is what was made, signatures included; it has no name until somebody gives it one.
        let policy = TrustPolicy(mode: .require, keys: [.init(name: "k", key: key.verifyingKey)])
        let (verdict, _) = BundleVerifier(policy: policy).verify(arrival.chain.top, in: gateway)
        #expect(verdict.isAccepted, "\(verdict.reasons)")
        #expect(try gateway.layout.index().names.allSatisfy { $0.hasSuffix(".sig") })
        await registry.stop()
    }

    @Test func aPullThatIsCutTwentyTimesCompletesAndCostsLittleMore() async throws {
        let registry = try await RegistryHarness.started()
        let (desk, gateway) = (try store("desk"), try store("gateway"))
        let base = try base(in: desk, bytes: 4_000_000)
        _ = try await push(chain(base, in: desk), to: "127.0.0.1:\(registry.port)/line")
        let proxy = CuttingProxy(to: registry.port, cutAfter: (0..<20).map { 120_000 + 4_001 * $0 })
        defer { proxy.close() }
        let arrival = try await pull("127.0.0.1:\(proxy.port)/line:tiny-1", into: gateway)
        #expect(proxy.cutCount == 20)
        #expect(arrival.chain.top.digest == base.digest)
        try gateway.layout.verifyBlobs(of: base.manifest)
        let ratio = Double(proxy.bytes) / 4_000_000
        #expect(ratio <= 1.05, "\(proxy.bytes) bytes for 4000000")
        await registry.stop()
    }

    @Test func whatAnotherProcessLeftIsContinued() async throws {
        let registry = try await RegistryHarness.started()
        let (desk, gateway) = (try store("desk"), try store("gateway"))
        let base = try base(in: desk)
        _ = try await push(chain(base, in: desk), to: "127.0.0.1:\(registry.port)/line")
        let layer = try base.layer("backbone.onnx")
        let part = gateway.layout.blobPath(layer.digest) + ".part"
        try Self.noise(200_000, seed: 1).prefix(150_000).write(to: URL(filePath: part))
        #expect(try await pull("127.0.0.1:\(registry.port)/line:tiny-1", into: gateway).result.bytes < 60_000)
        #expect(!FileManager.default.fileExists(atPath: part))
        await registry.stop()
    }

    @Test func wrongBytesAreCaughtAndNothingGetsAName() async throws {
        let registry = try await RegistryHarness.started()
        let (desk, gateway) = (try store("desk"), try store("gateway"))
        let base = try base(in: desk)
        let at = "127.0.0.1:\(registry.port)/line"
        _ = try await push(chain(base, in: desk), to: at)
        let layer = try base.layer("backbone.onnx")
        // Another prefix in the part file: what came before is wrong, the whole is not the blob.
        let part = gateway.layout.blobPath(layer.digest) + ".part"
        try Data(count: 1000).write(to: URL(filePath: part))
        await #expect(throws: BundleError.self) { try await pull(at + ":tiny-1", into: gateway) }
        #expect(gateway.layout.size(of: layer.digest) == nil)
        // It was forgotten, so the next attempt is clean.
        #expect(try await pull(at + ":tiny-1", into: gateway).chain.top.digest == base.digest)

        try Self.noise(200_000, seed: 9).write(to: URL(filePath: registry.blobFile(layer.digest.hex)))
        let other = try store("other")
        let error = await #expect(throws: BundleError.self) { try await pull(at + ":tiny-1", into: other) }
        #expect(error?.what.hasPrefix("changed") == true)
        await registry.stop()
    }

    @Test func aBlobInAnotherRepositoryIsMounted() async throws {
        let registry = try await RegistryHarness.started()
        let desk = try store("desk")
        let base = try base(in: desk)
        let scene = try scene("1", on: base, in: desk)
        let at = "127.0.0.1:\(registry.port)"
        _ = try await push(chain(base, in: desk), to: at + "/bases")
        let result = try await push(chain(scene, in: desk), to: at + "/line", mountFrom: ["bases"])
        #expect(result.bytes < 30_000, "the base travelled again: \(result)")
        #expect(try await pull(at + "/line:roof-1", into: store("gateway")).chain.base?.digest == base.digest)
        await registry.stop()
    }

    @Test func passwordsAreAskedForAndGiven() async throws {
        let registry = try await RegistryHarness.started(asksForPassword: true)
        let desk = try store("desk")
        let chain = try chain(base(in: desk), in: desk)
        let at = "127.0.0.1:\(registry.port)/line"
        let refused = await #expect(throws: RegistryError.self) { try await push(chain, to: at) }
        #expect(refused?.description.contains("refuses access") == true)
        var options = RegistryOptions()
        options.credentials = RegistryCredentials(user: RegistryHarness.user, password: "wrong-secret")
        let wrong = await #expect(throws: RegistryError.self) { try await push(chain, to: at, options) }
        #expect(wrong?.description.contains("wrong-secret") == false)
        options.credentials = RegistryCredentials(user: RegistryHarness.user, password: RegistryHarness.password)
        _ = try await push(chain, to: at, options)
        _ = try await pull(at + ":tiny-1", into: store("gateway"), options)
        await registry.stop()
    }

    @Test func certificatesAreVerified() async throws {
        let certificates = try await BrokerCertificates.make()
        defer { certificates.remove() }
        let desk = try store("desk")
        let chain = try chain(base(in: desk), in: desk)
        for (pair, isGood) in [
            (certificates.server, true), (certificates.wrongHost, false), (certificates.expired, false),
        ] {
            let registry = try await RegistryHarness.started(certificate: pair)
            let at = "https://localhost:\(registry.port)/line"
            var options = RegistryOptions()
            let unknown = await #expect(throws: RegistryError.self) { try await push(chain, to: at, options) }
            #expect(unknown?.description.contains("not trusted") == true)
            options.caFile = certificates.authorityFile
            if isGood {
                _ = try await push(chain, to: at, options)
            } else {
                let error = await #expect(throws: RegistryError.self) { try await push(chain, to: at, options) }
                #expect(error?.description.contains("not trusted") == true)
            }
            await registry.stop()
        }
    }

    @Test func skopeoCopiesWhatWePushedByteForByte() async throws {
        let skopeo = URL(filePath: "/usr/bin/skopeo")
        try #require(FileManager.default.isExecutableFile(atPath: skopeo.path))
        let registry = try await RegistryHarness.started()
        let desk = try store("desk")
        let base = try base(in: desk)
        _ = try await push(chain(base, in: desk), to: "127.0.0.1:\(registry.port)/line")
        let run = Process()
        run.executableURL = skopeo
        run.arguments = [
            "--insecure-policy", "copy", "--src-tls-verify=false",
            "docker://127.0.0.1:\(registry.port)/line:tiny-1", "oci:\(folder.path("stick")):tiny:1",
        ]
        (run.standardOutput, run.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try run.run()
        run.waitUntilExit()
        #expect(run.terminationStatus == 0)
        let gateway = try store("gateway")
        let copied = try gateway.resolve(.layout(path: folder.path("stick"), reference: nil))
        #expect(copied.top.digest == base.digest)
        #expect(try gateway.take(copied).top.digest == base.digest)
        await registry.stop()
    }

    @Test func whatIsNotThereIsOneClearError() async throws {
        let registry = try await RegistryHarness.started()
        let at = "127.0.0.1:\(registry.port)/line"
        let gateway = try store("gateway")
        let missing = await #expect(throws: RegistryError.self) { try await pull(at + ":nothing", into: gateway) }
        #expect(missing?.description.contains("no manifest nothing") == true)
        await registry.stop()
        let dead = await #expect(throws: RegistryError.self) { try await pull(at + ":nothing", into: gateway) }
        #expect(dead?.description.contains("cannot be reached") == true)
    }
}
