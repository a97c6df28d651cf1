/// Why messages cannot travel: what, where, and what to do. Never holds a password or a payload.
public struct MessagingError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// Address, name or file in the configuration that cannot be used.
        case configuration
        /// There is no connection; nothing was handed over.
        case offline
        /// The connection ended before the acknowledgement: the message may have arrived or not.
        case connectionLost
        /// The message itself was not accepted, e.g. larger than the broker takes.
        case rejected
        /// A program that is needed is missing or does not start.
        case program
    }

    public var kind: Kind
    public var what: String
    /// Address without user and password, topic, or path.
    public var place: String
    public var remedy: String

    public init(_ kind: Kind, _ what: String, at place: String, remedy: String) {
        (self.kind, self.what, self.place, self.remedy) = (kind, what, place, remedy)
    }

    public var description: String { "\(what): \(place); \(remedy)" }
}
