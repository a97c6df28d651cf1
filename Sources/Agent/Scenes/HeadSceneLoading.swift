import Detection
import Foundation
import Inference
import ModelBundles
import ShrikeCore

/// A scene of kind `heads` on its way from a bundle to one that looks at frames.
struct HeadSceneLoading {
    private(set) var bundle: SceneBundle
    private let chain: BundleChain
    private let files: BackboneFiles
    private let input: InputSize

    /// - Throws: ``AgentError`` where the scene has no base, or asks it for what it cannot give.
    init(_ bundle: SceneBundle, store: ModelStore) throws {
        self.bundle = bundle
        guard let chain = try Self.chain(bundle, store), let files = try BackboneFiles(chain, in: store) else {
            throw AgentError(
                "scene rides on no base", at: bundle.definition.name,
                remedy:
                    "set heads.base to the name and version of a base (shrike base list), or make it a bundle on one")
        }
        (self.files, self.chain) = (files, chain)
        if bundle.chain == nil { self.bundle.lineage.parents = chain.bundles.map(\.identity) }
        let own = files.description.input
        let wanted = bundle.definition.heads.input
        input = InputSize(width: wanted?.width ?? own.width, height: wanted?.height ?? own.height)
        guard !own.isFixed || input == InputSize(width: own.width, height: own.height) else {
            throw AgentError(
                "the base takes \(own.width)x\(own.height) only, not \(input.width)x\(input.height)",
                at: bundle.definition.name, remedy: "remove heads.input, or import the base with open sizes")
        }
        let known = Set(files.description.taps.map(\.name))
        for tap in bundle.definition.heads.taps where !known.contains(tap) {
            throw AgentError(
                "the base has no output '\(tap)'", at: bundle.definition.name,
                remedy: "its outputs are \(files.description.taps.map(\.name).joined(separator: ", "))")
        }
    }

    /// The scene's own chain, or that of the base it names.
    private static func chain(_ bundle: SceneBundle, _ store: ModelStore) throws -> BundleChain? {
        if let chain = bundle.chain { return chain }
        guard let name = bundle.definition.heads.base else { return nil }
        guard let address = BundleAddress(name) else {
            throw AgentError(
                "no such base '\(name)'", at: bundle.definition.name, remedy: "name one of shrike base list")
        }
        let chain = try store.take(try store.resolve(address))
        guard chain.top.manifest.level != .l2 else {
            throw AgentError(
                "'\(name)' is a scene, not a base", at: bundle.definition.name, remedy: "name one of shrike base list")
        }
        return chain
    }

    /// The learned numbers, from the bundle or from the file beside `scene.json`.
    private func tensors() throws -> TensorFile {
        let file = bundle.definition.heads.file
        if let chain = bundle.chain { return try chain.top.tensors(file) }
        let path = bundle.headsPath ?? file
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw AgentError("tensors cannot be read", at: path, remedy: "put the safetensors file there")
        }
        return try TensorFile(bytes, at: path)
    }

    var key: BackboneShelf.Key {
        BackboneShelf.Key(
            base: files.key, precision: bundle.definition.heads.precision.rawValue, width: input.width,
            height: input.height)
    }

    /// Blocks; loads the base where it is not loaded yet.
    func load(shelf: BackboneShelf, settings: NetworkSettings) throws -> LoadedScene {
        let heads = bundle.definition.heads
        let backbone = try shelf.backbone(key, taps: heads.taps) { try load(taps: $0, settings: settings) }
        let tensors = try tensors()
        let converted = HeadTensors(
            tensors.tensors.mapValues { HeadTensors.Tensor(shape: $0.shape, values: $0.floats) },
            place: "\(bundle.definition.name), \(heads.file)")
        let scene = try HeadScene(scene: bundle.definition, tensors: converted, backbone: backbone)
        let network = backbone.network
        return LoadedScene(
            definition: bundle.definition, lineage: bundle.lineage,
            engine: "\(network.engine.rawValue) \(network.engineVersion)", network: network, heads: scene
        ) { try scene.makeDetector() }
    }

    private func load(taps: [String], settings: NetworkSettings) throws -> Backbone {
        try Self.backbone(
            files, precision: bundle.definition.heads.precision, taps: taps, input: input, settings: settings)
    }

    /// Compiles a form of a base.
    ///
    /// - Parameter input: size of the picture; nil takes the base's own.
    static func backbone(
        _ files: BackboneFiles, precision: HeadSettings.Precision, taps: [String], input: InputSize?,
        settings: NetworkSettings
    ) throws -> Backbone {
        let path = try files.path(precision == .int8 ? .int8 : .fp32)
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw AgentError("base cannot be read", at: path, remedy: "import the base again")
        }
        var settings = settings
        // Thresholds belong to the scene's precision, whatever the gateway would like for detectors.
        settings.precision = precision == .bf16 ? .bfloat16 : .float32
        let own = files.description.input
        return try Backbone.load(
            bytes: bytes, name: path, taps: taps,
            pixels: PixelInput(
                swapsRedAndBlue: own.channels == .rgb, mean: own.mean.map { Float($0) },
                scale: own.scale.map { Float($0) }),
            input: input ?? InputSize(width: own.width, height: own.height), settings: settings)
    }
}
