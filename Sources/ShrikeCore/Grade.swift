/// How urgent a defect is; the four grades of the power industry (提示/一般/严重/危急).
public enum Grade: String, Sendable, Codable, CaseIterable, Comparable {
    case info
    case general
    case serious
    case critical

    private var rank: Int {
        switch self {
        case .info: 0
        case .general: 1
        case .serious: 2
        case .critical: 3
        }
    }

    public static func < (a: Grade, b: Grade) -> Bool { a.rank < b.rank }
}

/// What a grade rests on: the rule that applied and the values it saw.
public struct GradeBasis: Hashable, Sendable, Codable {
    public var ruleID: String
    public var standard: String
    public var edition: String
    /// Name of each quantity the rule looked at, with its value.
    public var inputs: [String: Double]

    public init(ruleID: String, standard: String, edition: String, inputs: [String: Double]) {
        (self.ruleID, self.standard, self.edition, self.inputs) = (ruleID, standard, edition, inputs)
    }
}
