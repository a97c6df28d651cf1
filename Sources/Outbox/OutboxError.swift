/// Why the outbox could not do its work: what, where, and what to do. Holds no payload.
public struct OutboxError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// No room left; nothing of the batch was stored and everything stored before is intact.
        case diskFull
        /// The file is no database, or is damaged.
        case corrupt
        /// Another process owns the database.
        case inUse
        /// The folder or file cannot be opened or written.
        case unwritable
        /// Written by a newer release than this one.
        case newerFormat
        case failed
    }

    public var kind: Kind
    public var what: String
    /// Path of the database.
    public var place: String
    public var remedy: String

    public init(_ kind: Kind, _ what: String, at place: String, remedy: String) {
        (self.kind, self.what, self.place, self.remedy) = (kind, what, place, remedy)
    }

    public var description: String { "\(what): \(place); \(remedy)" }
}
