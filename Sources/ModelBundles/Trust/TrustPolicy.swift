public import Integrity

/// Whose models a gateway takes.
public struct TrustPolicy: Hashable, Sendable {
    public enum Mode: String, Sendable, CaseIterable {
        /// A model without a valid signature of a trusted key is refused.
        case require
        /// It is used, and its lack is told.
        case warn
        /// Signatures are not looked at.
        case off
    }

    /// A key and the name people know it by, its file's name.
    public struct Key: Hashable, Sendable {
        public var name: String
        public var key: VerifyingKey

        public init(name: String, key: VerifyingKey) { (self.name, self.key) = (name, key) }
    }

    public var mode: Mode
    public var keys: [Key]

    public init(mode: Mode = .off, keys: [Key] = []) { (self.mode, self.keys) = (mode, keys) }
}
