public import ShrikeCore

/// How a run, or one scene of it, does against a baseline.
public struct RunComparison: Sendable {
    /// Table and verdict for people.
    public var text: String
    /// The content of `comparison.json`.
    public var json: JSONValue
    /// Whether the gate was not passed.
    public var isWorse: Bool
}
