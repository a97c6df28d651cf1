/// One reason against a bundle.
public struct BundleRefusal: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable {
        case unsigned
        case wrongKey
        case changedManifest
        case unreadableManifest
        case damagedBlob
        case missingParent
        case badContent
        case goldenMismatch
        case unusable
    }

    public var kind: Kind
    /// What is wrong, with names and digests.
    public var text: String

    public init(_ kind: Kind, _ text: String) { (self.kind, self.text) = (kind, text) }

    public var description: String { text }
}
