/// One mistake in an asset list: where and what.
public struct AssetProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// `feature 12 (T-7)` or `line 13`, both from 1.
    public var place: String
    public var what: String

    public init(place: String, what: String) { (self.place, self.what) = (place, what) }

    public var description: String { "\(place): \(what)" }
}
