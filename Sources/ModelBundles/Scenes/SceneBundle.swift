public import ShrikeCore

/// A scene ready to be built: its definition, the identity that goes into every alert, and its network where it has one.
public struct SceneBundle: Sendable {
    public var definition: SceneDefinition
    public var lineage: Lineage
    /// File of the ONNX network; nil for scenes without one.
    public var networkPath: String?
    /// Where the scene came as a bundle: the bundle and its parents, in the store.
    public var chain: BundleChain?
    /// File of the heads' tensors of a scene folder; nil for bundles and for scenes without heads.
    public var headsPath: String?
    /// What speaks against the bundle without refusing it.
    public var warnings: [String] = []

    public init(
        definition: SceneDefinition, lineage: Lineage, networkPath: String? = nil, chain: BundleChain? = nil
    ) {
        (self.definition, self.lineage, self.networkPath) = (definition, lineage, networkPath)
        self.chain = chain
    }
}
