/// Why footage could not be made: what, where, what to do.
public struct FootageError: Error, Hashable, Sendable, CustomStringConvertible {
    public var what: String
    public var place: String
    public var remedy: String

    init(_ what: String, at place: String, remedy: String) {
        (self.what, self.place, self.remedy) = (what, place, remedy)
    }

    public var description: String { "\(what): \(place); \(remedy)" }
}
