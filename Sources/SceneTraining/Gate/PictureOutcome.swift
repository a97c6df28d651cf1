/// What a scene made of one picture whose answer is known.
public struct PictureOutcome: Hashable, Sendable {
    public var name: String
    /// By class code.
    public var classes: [String: OutcomeCounts]

    public init(name: String, classes: [String: OutcomeCounts]) { (self.name, self.classes) = (name, classes) }

    /// A picture with one right answer.
    ///
    /// - Parameters:
    ///   - expected: nil for nothing to report.
    ///   - found: nil for nothing reported.
    public init(name: String, expected: String?, found: String?) {
        var classes: [String: OutcomeCounts] = [:]
        if expected == found {
            if let expected { classes[expected] = OutcomeCounts(hits: 1) }
        } else {
            if let expected { classes[expected] = OutcomeCounts(misses: 1) }
            if let found { classes[found] = OutcomeCounts(falseAlarms: 1) }
        }
        self.init(name: name, classes: classes)
    }
}
