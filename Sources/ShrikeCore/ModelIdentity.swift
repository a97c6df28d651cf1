/// One model that took part in a decision.
public struct ModelIdentity: Hashable, Sendable, Codable {
    public enum Level: String, Sendable, Codable { case l0, l1, l2 }

    public var level: Level
    public var name: String
    public var version: String
    /// `sha256:<hex>` of what was loaded.
    public var digest: String

    public init(level: Level, name: String, version: String, digest: String) {
        (self.level, self.name, self.version, self.digest) = (level, name, version, digest)
    }
}

/// The models behind a scene, L2 first, then its parents. Never empty.
public struct Lineage: Hashable, Sendable, Codable {
    public var scene: ModelIdentity
    public var parents: [ModelIdentity]

    public init(scene: ModelIdentity, parents: [ModelIdentity] = []) { (self.scene, self.parents) = (scene, parents) }
}
