/// Why the record of a site could not be read: what, where, and what to do.
public struct DefectIdentityError: Error, Hashable, Sendable, CustomStringConvertible {
    public var what: String
    public var place: String
    public var remedy: String

    public init(_ what: String, at place: String, remedy: String) {
        (self.what, self.place, self.remedy) = (what, place, remedy)
    }

    public var description: String { "\(what): \(place); \(remedy)" }
}
