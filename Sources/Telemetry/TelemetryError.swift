/// Why a telemetry file was refused: what, where, and what to do.
public struct TelemetryError: Error, Hashable, Sendable, CustomStringConvertible {
    public var what: String
    /// File name, with the line where there is one: `clip.SRT:12`.
    public var place: String
    public var remedy: String

    public init(_ what: String, at place: String, remedy: String) {
        (self.what, self.place, self.remedy) = (what, place, remedy)
    }

    public var description: String { "\(what): \(place); \(remedy)" }
}
