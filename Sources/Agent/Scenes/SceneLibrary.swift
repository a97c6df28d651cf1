import Detection
import Foundation
import Inference
import ModelBundles
import ShrikeCore

/// Turns addresses of scenes into scenes that are ready to look at frames.
struct SceneLibrary: Sendable {
    let engine: GatewayConfiguration.Engine
    let cacheFolder: String?
    /// Requests that may run at the same time.
    let workers: Int
    var models = ModelAccess()
    /// Boxes are told whatever their score, not only those that could become alerts: average precision ranks them all.
    var tellsWeakBoxes = false

    private static let weakestScore = 0.005
    static let builtInPrefix = "builtin:"

    /// Name of a scene where its configuration gives none: the last part of its address.
    static func defaultName(of address: String) -> String {
        if address.hasPrefix(builtInPrefix) { return String(address.dropFirst(builtInPrefix.count)) }
        if let name = bundleName(of: address) { return name }
        let name = URL(filePath: address).deletingPathExtension().lastPathComponent
        return String(
            name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" }.prefix(64))
    }

    /// Bases of the scenes loaded so far.
    let shelf = BackboneShelf()

    /// The scenes of one run. Several of one name, such as two versions that are to be compared, are told apart by their version.
    ///
    /// - Throws: ``AgentError``.
    func load(_ addresses: [String]) throws(AgentError) -> [LoadedScene] {
        var bundles: [SceneBundle] = []
        for address in addresses { bundles.append(try translating { try self.bundle(at: address) }) }
        for (i, bundle) in bundles.enumerated() {
            guard let twin = bundles[..<i].firstIndex(where: { $0.lineage.scene.digest == bundle.lineage.scene.digest })
            else { continue }
            throw AgentError(
                "the same scene as \(addresses[twin])", at: addresses[i], remedy: "name each scene once")
        }
        let names = bundles.map(\.definition.name)
        for i in bundles.indices where names.count(where: { $0 == names[i] }) > 1 {
            let twins = bundles.indices.filter { names[$0] == names[i] }
            let versions = Set(twins.map { bundles[$0].lineage.scene.version })
            let mark =
                versions.count == twins.count
                ? bundles[i].lineage.scene.version
                : String(bundles[i].lineage.scene.digest.split(separator: ":").last?.prefix(8) ?? "")
            bundles[i].definition.name = "\(names[i])@\(mark)"
        }
        return try ready(bundles)
    }

    /// The scenes of a configuration, which names them itself.
    ///
    /// - Throws: ``AgentError``.
    func loadConfigured(_ addresses: [String]) throws(AgentError) -> [LoadedScene] {
        try ready(try translating { try addresses.map(bundle) })
    }

    /// - Throws: ``AgentError``.
    func load(_ address: String) throws(AgentError) -> LoadedScene { try loadConfigured([address])[0] }

    /// Scenes made ready together share bases, whatever outputs each of them needs.
    private func ready(_ bundles: [SceneBundle]) throws(AgentError) -> [LoadedScene] {
        try translating {
            for bundle in bundles where bundle.definition.kind == .heads {
                let loading = try HeadSceneLoading(bundle, store: models.store())
                shelf.expect(bundle.definition.heads.taps, of: loading.key)
            }
            return try bundles.map { try toldWhole(proven(load($0), $0), $0) }
        }
    }

    private func toldWhole(_ scene: LoadedScene, _ bundle: SceneBundle) throws -> LoadedScene {
        let definition = bundle.definition
        guard tellsWeakBoxes, definition.kind == .detector || !definition.heads.boxes.isEmpty else { return scene }
        var bundle = bundle
        for i in definition.classes.indices {
            bundle.definition.classes[i].threshold = min(definition.classes[i].threshold, Self.weakestScore)
        }
        bundle.definition.persistence.hysteresis = 0
        var whole = try load(bundle)
        whole.definition = scene.definition
        return whole
    }

    /// Makes a scene ready, its results still unproven.
    func load(_ bundle: SceneBundle) throws -> LoadedScene {
        switch bundle.definition.kind {
        case .thermal:
            let definition = bundle.definition
            return LoadedScene(definition: definition, lineage: bundle.lineage, engine: nil) {
                ThermalDetector(scene: definition)
            }
        case .detector: return try loadDetector(bundle)
        case .heads:
            return try HeadSceneLoading(bundle, store: models.store()).load(shelf: shelf, settings: try settings())
        }
    }

    private func settings() throws -> NetworkSettings {
        if let cacheFolder {
            try FileManager.default.createDirectory(atPath: cacheFolder, withIntermediateDirectories: true)
        }
        return NetworkSettings(
            engine: NetworkSettings.Engine(rawValue: engine.choice.rawValue) ?? .auto,
            precision: engine.precision == .bf16 ? .bfloat16 : .float32, concurrentRequests: workers,
            cacheDirectory: cacheFolder, enginePath: engine.folder)
    }

    private static let builtIn = [BuiltInScenes.thermalSolar]

    private func bundle(at address: String) throws -> SceneBundle {
        if let bundle = try bundled(at: address) { return bundle }
        guard address.hasPrefix(Self.builtInPrefix) else { return try SceneLoader.load(from: address) }
        guard let scene = Self.builtIn.first(where: { Self.builtInPrefix + $0.name == address }) else {
            throw AgentError(
                "no such built-in scene", at: address,
                remedy: "known: \(Self.builtIn.map { Self.builtInPrefix + $0.name }.joined(separator: ", "))")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return SceneLoader.bundle(scene, document: String(decoding: try encoder.encode(scene), as: UTF8.self))
    }

    private func loadDetector(_ bundle: SceneBundle) throws -> LoadedScene {
        guard let path = bundle.networkPath else {
            throw AgentError("scene names no network", at: bundle.definition.name, remedy: "set detector.network")
        }
        let detector = try NetworkDetector.load(
            scene: bundle.definition, networkPath: path, settings: try settings())
        let network = detector.network
        return LoadedScene(
            definition: detector.scene, lineage: bundle.lineage,
            engine: "\(network.engine.rawValue) \(network.engineVersion)", network: network
        ) { try detector.makeWorker() }
    }
}
