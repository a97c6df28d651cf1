import ModelBundles
import ShrikeCore

/// Carries out an order for a version of a scene: looks whether it can be had, then makes it the active one, which the
/// running sources follow between two frames.
struct DesiredModels: Sendable {
    let sources: SourceSupervisor

    /// Why the version cannot be had; nil where it can: it is in the store, its signatures and digests are good, and its golden
    /// pictures give the expected results here.
    func refusal(of name: String, digest: String) async -> String? {
        let configuration = sources.configurationInUse
        guard configuration.scenes.contains(where: { $0.address == SceneLibrary.activePrefix + name }) else {
            return
                "no scene follows the active version of '\(name)'; set its address to \(SceneLibrary.activePrefix)\(name)"
        }
        return await attempt { desk in
            let found = try desk.verified(digest).top.manifest
            return found.name == name ? nil : "\(digest) is a version of \(found.name)"
        }
    }

    /// - Returns: why it could not be done; nil where it was.
    func activate(_ digest: String) async -> String? {
        await attempt { desk in
            _ = try desk.activate(digest)
            return nil
        }
    }

    private func attempt(_ work: @escaping @Sendable (ModelDesk) throws -> String?) async -> String? {
        let configuration = sources.configurationInUse
        do {
            return try await BlockingThread(label: "model-order").run { try work(ModelDesk(configuration)) }
        } catch { return "\(error)" }
    }
}
