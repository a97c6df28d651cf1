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

    static let builtInPrefix = "builtin:"

    /// Name of a scene where its configuration gives none: the last part of its address.
    static func defaultName(of address: String) -> String {
        if address.hasPrefix(builtInPrefix) { return String(address.dropFirst(builtInPrefix.count)) }
        let name = URL(filePath: address).deletingPathExtension().lastPathComponent
        return String(
            name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" }.prefix(64))
    }

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
        var scenes: [LoadedScene] = []
        for bundle in bundles { scenes.append(try load(bundle)) }
        return scenes
    }

    /// - Throws: ``AgentError``.
    func load(_ address: String) throws(AgentError) -> LoadedScene {
        try load(try translating { try self.bundle(at: address) })
    }

    private func load(_ bundle: SceneBundle) throws(AgentError) -> LoadedScene {
        switch bundle.definition.kind {
        case .thermal:
            let definition = bundle.definition
            return LoadedScene(definition: definition, lineage: bundle.lineage, engine: nil) {
                ThermalDetector(scene: definition)
            }
        case .detector: return try translating { try loadDetector(bundle) }
        }
    }

    private static let builtIn = [BuiltInScenes.thermalSolar]

    private func bundle(at address: String) throws -> SceneBundle {
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
        if let cacheFolder {
            try FileManager.default.createDirectory(atPath: cacheFolder, withIntermediateDirectories: true)
        }
        let detector = try NetworkDetector.load(
            scene: bundle.definition, networkPath: path,
            settings: NetworkSettings(
                engine: NetworkSettings.Engine(rawValue: engine.choice.rawValue) ?? .auto,
                precision: engine.precision == .bf16 ? .bfloat16 : .float32, concurrentRequests: workers,
                cacheDirectory: cacheFolder, enginePath: engine.folder))
        let network = detector.network
        return LoadedScene(
            definition: detector.scene, lineage: bundle.lineage,
            engine: "\(network.engine.rawValue) \(network.engineVersion)", network: network
        ) { try detector.makeWorker() }
    }
}
