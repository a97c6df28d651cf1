/// Keys of annotations that bundles use.
public enum BundleAnnotation {
    /// On a layer: the file it holds, a relative path (ModelPack).
    public static let filePath = "org.cncf.model.filepath"
    /// On a manifest: digest of the parent's manifest (OCI).
    public static let baseDigest = "org.opencontainers.image.base.digest"
    /// On a manifest: `name:version` of the parent, for people and for error messages (OCI).
    public static let baseName = "org.opencontainers.image.base.name"
    /// In an index: the name a manifest goes by (OCI).
    public static let referenceName = "org.opencontainers.image.ref.name"
    /// Format of the bundle; ``BundleManifest/format`` is the only one known.
    public static let format = "dev.shrike.format"
    /// `l0`, `l1` or `l2`.
    public static let level = "dev.shrike.level"
    public static let name = "dev.shrike.name"
    public static let version = "dev.shrike.version"
    /// Input of the network, e.g. `224x224 rgb`.
    public static let input = "dev.shrike.input"
    /// Taps of a base, e.g. `s8:40,s16:112`.
    public static let taps = "dev.shrike.taps"
    /// Forms of the weights, e.g. `fp32,int8`.
    public static let precision = "dev.shrike.precision"
    /// Figures the maker states, e.g. `mAP50=0.71`; shown, never trusted.
    public static let metrics = "dev.shrike.metrics"
    /// What it was made from, in words.
    public static let data = "dev.shrike.data"
}
