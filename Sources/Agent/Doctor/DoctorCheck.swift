public import ShrikeCore

/// One finding of `shrike doctor`.
public struct DoctorCheck: Sendable {
    public enum Verdict: String, Sendable {
        case ok
        /// Works, but not as well as it could.
        case warning
        case missing
    }

    public var name: String
    public var verdict: Verdict
    /// What was found.
    public var finding: String
    /// What to type to mend it; nil where nothing is to be done.
    public var remedy: String?

    init(_ name: String, _ verdict: Verdict, _ finding: String, remedy: String? = nil) {
        (self.name, self.verdict, self.finding, self.remedy) = (name, verdict, finding, remedy)
    }

    public var json: JSONValue {
        .object(compacting: [
            "check": .string(name), "verdict": .string(verdict.rawValue), "finding": .string(finding),
            "remedy": remedy.map { .string($0) },
        ])
    }
}
