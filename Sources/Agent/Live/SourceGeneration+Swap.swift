import Foundation
import Integrity
import Logging
import Outbox
import ShrikeCore

extension SourceGeneration {
    /// Whether another configuration differs in the versions of scenes at most, so that sources can go on; one that could not be
    /// opened is tried again instead.
    func takesInPlace(_ other: GatewayConfiguration) -> Bool {
        hasAllSources && other.sources == configuration.sources && other.engine == configuration.engine
            && other.models == configuration.models
            && other.scenes.map(\.name) == configuration.scenes.map(\.name)
    }

    /// Loads the scenes of addresses, one a position, and takes those that are others than now from the next frame on.
    ///
    /// - Throws: for the first that cannot be used; nothing has changed then.
    func swap(to addresses: [String]) async throws {
        let library = library
        let loaded = try await BlockingThread(label: "scene-load").run {
            try library.loadConfigured(addresses)
        }
        var hasChanged = false
        for (position, scene) in loaded.enumerated() where take(scene, at: position) { hasChanged = true }
        if hasChanged { await noteChange() }
    }

    /// Follows a scene's active version: loads it where it is another than now, and takes it from the next frame on.
    ///
    /// - Returns: whether the scene changed.
    /// - Throws: where the version cannot be used; the old one looks on.
    @discardableResult
    func follow(_ position: Int, address: String) async throws -> Bool {
        let library = library
        let scene = try await BlockingThread(label: "scene-load").run { try library.load(address) }
        let hasChanged = take(scene, at: position)
        if hasChanged { await noteChange() }
        return hasChanged
    }

    /// Puts down in the record with what it decides from here on.
    private func noteChange() async {
        let record = StartRecord.record(.configuration, configuration, scenes: table.current.scenes)
        try? await parts.outbox.record([record])
    }

    /// Digest of the version that an `active:` address names; nil for other addresses and where it cannot be read.
    func activeDigest(_ address: String) -> String? {
        guard address.hasPrefix(SceneLibrary.activePrefix) else { return nil }
        return (try? library.activeDigest(String(address.dropFirst(SceneLibrary.activePrefix.count))))?.description
    }

    func digest(at position: Int) -> String { table.current.scenes[position].lineage.scene.digest }

    @discardableResult
    private func take(_ scene: LoadedScene, at position: Int) -> Bool {
        let old = table.current.scenes[position]
        guard old.lineage != scene.lineage else { return false }
        table.replace(position, with: scene)
        Self.announce(scene, as: configuration.scenes[position].name, parts: parts, logger: logger)
        parts.metrics.swapped(from: old, inUse: table.current.scenes, isTakenBack: false)
        logger.notice(
            "scene \(configuration.scenes[position].name) is now version \(scene.lineage.scene.version)",
            metadata: ["digest": "\(scene.lineage.scene.digest)", "before": "\(old.lineage.scene.digest)"])
        return true
    }
}
