public import Integrity

/// A picture that looks as usual: what it is known by, and the base's map of it after the 3x3 mean.
public struct NormalPicture: Hashable, Sendable {
    public var digest: SHA256Digest
    /// Of every cell one after another, unscaled.
    public var vectors: [Float]

    public init(digest: SHA256Digest, vectors: [Float]) { (self.digest, self.vectors) = (digest, vectors) }
}
