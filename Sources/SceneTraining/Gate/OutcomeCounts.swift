/// How often one class was right and wrong.
public struct OutcomeCounts: Hashable, Sendable {
    public var hits: Int
    public var falseAlarms: Int
    public var misses: Int

    public init(hits: Int = 0, falseAlarms: Int = 0, misses: Int = 0) {
        (self.hits, self.falseAlarms, self.misses) = (hits, falseAlarms, misses)
    }

    /// What a person marked.
    public var labels: Int { hits + misses }

    /// Nil where nothing was marked.
    public var recall: Double? { labels > 0 ? Double(hits) / Double(labels) : nil }

    /// Nil where nothing was found.
    public var precision: Double? {
        hits + falseAlarms > 0 ? Double(hits) / Double(hits + falseAlarms) : nil
    }

    /// Harmonic mean of precision and recall; 0 where nothing was hit.
    public var f1: Double {
        let all = 2 * hits + falseAlarms + misses
        return all > 0 ? 2 * Double(hits) / Double(all) : 0
    }

    public static func += (left: inout OutcomeCounts, right: OutcomeCounts) {
        left.hits += right.hits
        left.falseAlarms += right.falseAlarms
        left.misses += right.misses
    }
}
