import Foundation
import Integrity
import ModelBundles
import ShrikeCore
import TestKit
import Testing

@testable import Agent

/// What people do with models, on a base of a test's own; no network runs here.
struct ModelDeskTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func desk(_ name: String) throws -> ModelDesk {
        var options = ModelDesk.Options()
        options.store = folder.path(name)
        return try ModelDesk(options)
    }

    @discardableResult
    private func base(in store: String) throws -> ModelBundle {
        let network = ONNXWriter(
            input: [1, 3, 32, 32], outputs: [.init("s8", [1, 2, 4, 4], [Float](repeating: 1, count: 32))]
        )
        .bytes()
        let description = BaseDescription(
            architecture: "test",
            input: .init(name: "picture", width: 32, height: 32, mean: [127, 127, 127], scale: [128, 128, 128]),
            taps: [.init(name: "s8", stride: 8, channels: 2)],
            weights: [.fp32: .init(file: "backbone.onnx", digest: SHA256Digest(of: network))])
        var draft = BundleDraft(level: .l0, name: "tiny", version: "1")
        draft.layers = [.init("backbone.onnx", ModelPackType.weight, .data(network)), description.layer]
        return try draft.write(to: ModelStore(folder.path(store)).layout)
    }

    private func writeScene(bias: Float) throws {
        let tensors = TensorFile(tensors: [
            "classifier.mean": Tensor([0, 0, 0, 0] as [Float], shape: [4]),
            "classifier.deviation": Tensor([1, 1, 1, 1] as [Float], shape: [4]),
            "classifier.weight": Tensor([Float](repeating: 0.1, count: 8), shape: [2, 4]),
            "classifier.bias": Tensor([bias, 0] as [Float], shape: [2]),
        ])
        try folder.write(tensors.bytes, to: "belt/heads.safetensors")
        try folder.write(
            #"""
            {"format": 1, "name": "belt", "kind": "heads", "classes": [{"code": "tear", "names": {"en": "tear", "zh": "撕裂"}}],
             "heads": {"base": "tiny:1", "classifier": {"taps": ["s8"], "classes": ["tear", "normal"]}}}
            """#, to: "belt/scene.json")
    }

    @Test func `a scene is packed on the base it names, and the base travels with it`() async throws {
        let base = try base(in: "desk")
        let desk = try desk("desk")
        try writeScene(bias: 1)
        let packed = try desk.pack(folder.path("belt"), options: .init(version: "1"))
        #expect(packed.json["reference"]?.stringValue == "belt:1")
        let shown = try desk.show("belt:1")
        let chain = try #require(shown.json["chain"]?.arrayValue)
        #expect(chain.map { $0["level"]?.stringValue } == ["l2", "l0"])
        #expect(chain[1]["digest"]?.stringValue == base.digest.description)
        #expect(shown.text.contains("rides on L0 tiny:1"))

        let tar = folder.path("belt.tar")
        _ = try await desk.push("belt:1", to: tar, mountFrom: []) { _ in }
        let gateway = try self.desk("gateway")
        _ = try await gateway.pull(tar, replaces: false, activates: false) { _ in }
        #expect(try gateway.listBases().json["models"]?.arrayValue?.count == 1)
        #expect(try gateway.verify("belt:1", replaysGolden: false).isGood)
        #expect(try gateway.show("belt:1").json == shown.json)
    }

    @Test func `a difference names the tensors and what must be fetched`() throws {
        try base(in: "desk")
        let desk = try desk("desk")
        for (version, bias) in [("1", Float(1)), ("2", 1.5)] {
            try writeScene(bias: bias)
            _ = try desk.pack(folder.path("belt"), options: .init(version: version))
        }
        let difference = try desk.diff("belt:1", "belt:2")
        #expect(difference.text.contains("tensors: classifier.bias [2] differs by 0.5 at most"))
        #expect(!difference.text.contains("classifier.weight"))
        let bytes = try #require(difference.json["bytes_to_fetch"]?.integerValue)
        #expect(bytes > 0 && bytes < 3000, "\(bytes)")
    }

    @Test func `a scene without the base it names is not packed`() throws {
        let desk = try desk("desk")
        try writeScene(bias: 1)
        let error = #expect(throws: AgentError.self) {
            try desk.pack(folder.path("belt"), options: .init(version: "1"))
        }
        #expect(error?.description.contains("no bundle tiny:1") == true)
    }

    @Test func `versions are activated and rolled back`() throws {
        let desk = try desk("desk")
        for version in ["1", "2"] {
            try folder.write(
                #"{"format": 1, "name": "roof", "kind": "thermal", "classes": [{"code": "hot", "threshold": 0.\#(version)}]}"#,
                to: "roof/scene.json")
            _ = try desk.pack(folder.path("roof"), options: .init(version: version))
            _ = try desk.activate("roof:\(version)")
        }
        #expect(try desk.rollBack("roof").json["version"]?.stringValue == "1")
        #expect(try desk.rollBack("roof").json["version"]?.stringValue == "2")
        let states = try desk.listScenes().json["models"]?.arrayValue?.map { $0["state"]?.stringValue }
        #expect(states == ["previous", "active"])
        #expect(throws: AgentError.self) { try desk.rollBack("nothing") }
        #expect(throws: AgentError.self) { try desk.rollBack("../x") }
    }

    @Test func `keys that cannot be used and trust without keys are one clear error`() throws {
        var options = ModelDesk.Options()
        (options.store, options.trust) = (folder.path("desk"), .require)
        let none = #expect(throws: AgentError.self) { try ModelDesk(options) }
        #expect(none?.description.contains("no key is trusted") == true)
        options.keys = [folder.path("nowhere.pub")]
        let missing = #expect(throws: AgentError.self) { try ModelDesk(options) }
        #expect(missing?.place == folder.path("nowhere.pub"))
    }

    @Test func `where signatures are required, a plain folder is refused`() throws {
        try folder.write(SigningKey().verifyingKey.pem, to: "plant.pub")
        try folder.write(
            #"{"format": 1, "name": "roof", "kind": "thermal", "classes": [{"code": "hot"}]}"#, to: "roof/scene.json")
        var library = SceneLibrary(engine: .init(), cacheFolder: nil, workers: 1)
        library.models = ModelAccess(
            storePath: folder.path("store"),
            policy: TrustPolicy(mode: .require, keys: [.init(name: "k", key: SigningKey().verifyingKey)]))
        let error = #expect(throws: AgentError.self) { try library.load(folder.path("roof")) }
        #expect(error?.description.contains("shrike bundle pack") == true)
        #expect(try library.load("builtin:thermal-solar").definition.name == "thermal-solar")
    }
}
