/// Why weights or a network cannot become a base: what, where, and what to do.
public struct BackboneImportError: Error, Hashable, Sendable, CustomStringConvertible {
    public var what: String
    /// File, tensor or value concerned.
    public var place: String
    public var remedy: String

    public init(_ what: String, at place: String, remedy: String) {
        (self.what, self.place, self.remedy) = (what, place, remedy)
    }

    public var description: String { "\(what): \(place); \(remedy)" }
}
