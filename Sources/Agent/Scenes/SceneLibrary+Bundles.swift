import Integrity
import ModelBundles
import ShrikeCore

extension SceneLibrary {
    /// In front of the name of a scene whose active version is meant.
    static let activePrefix = "active:"

    /// Name of the bundle that an address names; nil for digests and for what is no bundle.
    static func bundleName(of address: String) -> String? {
        if address.hasPrefix(activePrefix) { return String(address.dropFirst(activePrefix.count)) }
        switch BundleAddress(address) {
        case .reference(let name), .layout(_, let name?): return name.split(separator: ":").first.map(String.init)
        case .digest, .layout, nil: return nil
        }
    }

    /// Digest of the version that `active:NAME` names.
    ///
    /// - Throws: where no version was ever made active.
    func activeDigest(_ name: String) throws -> SHA256Digest {
        guard let version = try models.store().active(name) else {
            throw AgentError(
                "no version of \(name) is active", at: models.storePath,
                remedy: "pull one, then `shrike scene activate \(name):VERSION`")
        }
        return version.current
    }

    /// Where an address names a bundle: verified, in the store with all it rides on, and read.
    ///
    /// - Returns: nil for scenes that are no bundles.
    /// - Throws: with every reason where the bundle is refused, and for what is no bundle where signatures are required.
    func bundled(at address: String) throws -> SceneBundle? {
        if address.hasPrefix(Self.builtInPrefix) { return nil }
        let wanted: BundleAddress
        if address.hasPrefix(Self.activePrefix) {
            wanted = .digest(try activeDigest(String(address.dropFirst(Self.activePrefix.count))))
        } else if let found = BundleAddress(address) {
            wanted = found
        } else {
            guard models.policy.mode != .require else {
                throw AgentError(
                    "signatures are required, but this is no bundle", at: address,
                    remedy: "make a bundle of it with `shrike bundle pack` and sign it")
            }
            return nil
        }
        let store = try models.store()
        let (verdict, chain) = BundleVerifier(policy: models.policy).verify(wanted, in: store)
        try verdict.requireAccepted(at: address)
        guard let chain else { return nil }
        var bundle = try SceneLoader.load(store.takeBlobs(chain), in: store)
        bundle.warnings = verdict.warnings.map(\.text)
        return bundle
    }

    /// The scene once its golden pictures gave the expected results here; what was proven before on this machine is not run
    /// again.
    func proven(_ scene: LoadedScene, _ bundle: SceneBundle) throws -> LoadedScene {
        guard let chain = bundle.chain else { return scene }
        var scene = scene
        scene.warnings = bundle.warnings
        let proof = try GoldenProof(chain, engine: scene.engine, precision: engine.precision, in: models.store())
        if proof.isKnown { return scene }
        if case .mismatch(let differences) = try GoldenReplay(chain: chain).run(scene) {
            throw AgentError(
                "other results on this machine than where \(chain.top.manifest.reference) was made "
                    + "(\(differences.joined(separator: ", ")))", at: chain.top.digest.description,
                remedy: "use the engine and precision it was made with, or teach it again here")
        }
        proof.note()
        return scene
    }
}
