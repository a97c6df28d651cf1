/// Why a scene cannot be taught: what, where, and what to do.
public struct TeachingError: Error, Hashable, Sendable, CustomStringConvertible {
    public var what: String
    /// Scene, class, file or picture concerned.
    public var place: String
    public var remedy: String

    public init(_ what: String, at place: String, remedy: String) {
        (self.what, self.place, self.remedy) = (what, place, remedy)
    }

    public var description: String { "\(what): \(place); \(remedy)" }
}
