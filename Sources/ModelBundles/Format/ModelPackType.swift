/// Media types of CNCF ModelPack and the OCI image format that bundles are made of.
public enum ModelPackType {
    /// OCI image manifest, the outer form of every bundle.
    public static let imageManifest = "application/vnd.oci.image.manifest.v1+json"
    /// `artifactType` of every bundle.
    public static let artifact = "application/vnd.cncf.model.manifest.v1+json"
    public static let config = "application/vnd.cncf.model.config.v1+json"
    /// Networks, heads, statistics, adaptations.
    public static let weight = "application/vnd.cncf.model.weight.v1.raw"
    /// What tells how weights are used: `base.json`, `scene.json`.
    public static let weightConfig = "application/vnd.cncf.model.weight.config.v1.raw"
    /// The model card.
    public static let doc = "application/vnd.cncf.model.doc.v1.raw"
    /// Golden pictures and their expected results.
    public static let dataset = "application/vnd.cncf.model.dataset.v1.raw"

    /// Layer types a bundle may hold.
    static let layers: Set<String> = [weight, weightConfig, doc, dataset]
}
