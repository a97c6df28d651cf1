/// Why a terrain or asset file was refused: what, where, and what to do.
public struct GeolocationError: Error, Hashable, Sendable, CustomStringConvertible {
    public var what: String
    /// File name, with line or feature where there is one: `assets.csv:12`.
    public var place: String
    public var remedy: String

    public init(_ what: String, at place: String, remedy: String) {
        (self.what, self.place, self.remedy) = (what, place, remedy)
    }

    public var description: String { "\(what): \(place); \(remedy)" }
}
