/// Why labelled data cannot be used: what, in which file and line or element, and what to do.
public struct EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    public var what: String
    /// File, with line or element where known.
    public var place: String
    public var remedy: String

    public init(_ what: String, at place: String, remedy: String) {
        (self.what, self.place, self.remedy) = (what, place, remedy)
    }

    public var description: String { "\(what): \(place); \(remedy)" }
}
