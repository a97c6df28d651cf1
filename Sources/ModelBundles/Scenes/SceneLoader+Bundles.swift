public import ShrikeCore

extension SceneLoader {
    /// Name of the scene's document inside a bundle.
    public static let documentFile = "scene.json"
    /// Name of a scene's heads inside a bundle.
    public static let headsFile = "heads.safetensors"
    /// Name of the model card inside a bundle.
    public static let cardFile = "model-card.md"

    /// Reads the scene at the top of a chain; name, version and digest are the bundle's own.
    ///
    /// Every blob of the scene is verified; heads with NaN or infinity are refused.
    ///
    /// - Parameter store: holds the chain, see ``ModelStore/take(_:)``.
    public static func load(_ chain: BundleChain, in store: ModelStore) throws(BundleError) -> SceneBundle {
        try chain.top.source.verifyBlobs(of: chain.top.manifest)
        let definition = try check(chain)
        let network = try definition.detector.network.map { name throws(BundleError) in
            try store.file(name, of: chain.top)
        }
        return SceneBundle(definition: definition, lineage: chain.lineage, networkPath: network, chain: chain)
    }

    /// Checks the content of the scene at the top of a chain; its version is the bundle's.
    ///
    /// - Throws: ``BundleError`` for a document with mistakes, or numbers that are not finite.
    @discardableResult
    static func check(_ chain: BundleChain) throws(BundleError) -> SceneDefinition {
        let bundle = chain.top
        let place = "\(bundle.source.place) \(bundle.manifest.reference)"
        guard bundle.manifest.level == .l2 else {
            throw BundleError(
                "is no scene but \(bundle.manifest.level.rawValue)", at: place, remedy: "name a scene (l2)")
        }
        var definition = try definition(of: bundle, at: place)
        definition.version = bundle.manifest.version
        guard definition.name == bundle.manifest.name else {
            throw BundleError(
                "scene.json is of '\(definition.name)', the bundle of '\(bundle.manifest.name)'", at: place,
                remedy: "make the bundle again")
        }
        for file in bundle.manifest.layers.compactMap(\.file) where file.hasSuffix(".safetensors") {
            let broken = try bundle.tensors(file).nonFinite
            guard broken.isEmpty else {
                throw BundleError(
                    "NaN or infinity in \(file): \(broken.prefix(3).joined(separator: ", "))", at: place,
                    remedy: "teach the scene again")
            }
        }
        if let network = definition.detector.network { _ = try bundle.layer(network) }
        if definition.kind == .heads { _ = try bundle.layer(definition.heads.file) }
        _ = try GoldenSet(of: bundle)
        return definition
    }

    /// The definition inside a scene bundle, wherever it lies.
    public static func definition(of bundle: ModelBundle, at place: String) throws(BundleError) -> SceneDefinition {
        switch SceneDocument.parse(try bundle.document(documentFile)) {
        case .success(let definition): return definition
        case .failure(let error):
            throw BundleError(
                "\(documentFile): \(error.problems.map(\.description).joined(separator: "; "))", at: place,
                remedy: "make the scene again")
        }
    }
}
