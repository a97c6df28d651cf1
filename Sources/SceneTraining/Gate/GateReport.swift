internal import Evaluation
public import ShrikeCore

/// Whether a new version of a scene may take the place of the old one: both looked at the same pictures with known answers.
///
/// A class that the old version knows may not lose more than the tolerance of its F1; a new class has nothing to lose.
public struct GateReport: Hashable, Sendable {
    public struct ClassChange: Hashable, Sendable {
        public var name: String
        /// Nil where there was no version before, or it did not know the class.
        public var before: OutcomeCounts?
        public var after: OutcomeCounts
        public var isWorse: Bool
    }

    /// Sorted by name.
    public let classes: [ClassChange]
    /// Names of pictures that the two versions answer differently.
    public let changedPictures: [String]
    public let pictures: Int
    public let tolerance: Double

    /// - Parameters:
    ///   - before: the old version's outcomes, picture by picture as in `after`; nil for a scene's first version.
    ///   - known: classes of the old version that the new one keeps; others are not compared.
    ///   - tolerance: loss of F1 that is borne.
    public init(before: [PictureOutcome]?, after: [PictureOutcome], known: Set<String>, tolerance: Double) {
        let old = before.map(Self.totals)
        let new = Self.totals(after)
        classes = Set(new.keys).union(known).sorted().map { name in
            let after = new[name] ?? OutcomeCounts()
            let before = known.contains(name) ? old.map { $0[name] ?? OutcomeCounts() } : nil
            // A class without a label among the pictures shows only its false alarms.
            let isWorse = before.map { $0.labels > 0 && after.f1 < $0.f1 - tolerance - 1e-12 } ?? false
            return ClassChange(name: name, before: before, after: after, isWorse: isWorse)
        }
        changedPictures = zip(before ?? [], after).filter { $0.classes != $1.classes }.map(\.1.name)
        pictures = after.count
        self.tolerance = tolerance
    }

    private static func totals(_ outcomes: [PictureOutcome]) -> [String: OutcomeCounts] {
        var totals: [String: OutcomeCounts] = [:]
        for outcome in outcomes {
            for (name, counts) in outcome.classes { totals[name, default: OutcomeCounts()] += counts }
        }
        return totals
    }

    /// Classes that got worse than is borne.
    public var worse: [ClassChange] { classes.filter(\.isWorse) }

    public var isPassed: Bool { worse.isEmpty }

    /// The class with the lowest recall, and with it what more pictures would help most; nil where nothing was marked.
    public var weakest: ClassChange? {
        classes.filter { $0.after.labels > 0 }.min { ($0.after.recall ?? 0, $0.name) < ($1.after.recall ?? 0, $1.name) }
    }

    public var json: JSONValue {
        .object([
            "pictures": .integer(Int64(pictures)), "tolerance": .number(tolerance), "passed": .bool(isPassed),
            "changed_pictures": .array(changedPictures.map { .string($0) }),
            "classes": .array(
                classes.map { change in
                    .object(compacting: [
                        "class": .string(change.name), "worse": .bool(change.isWorse),
                        "before": change.before.map(Self.json), "after": Self.json(change.after),
                    ])
                }),
        ])
    }

    private static func json(_ counts: OutcomeCounts) -> JSONValue {
        let interval = ProportionInterval(successes: counts.hits, trials: counts.labels)
        return .object(compacting: [
            "hits": .integer(Int64(counts.hits)), "misses": .integer(Int64(counts.misses)),
            "false_alarms": .integer(Int64(counts.falseAlarms)), "f1": .number(counts.f1, decimals: 4),
            "recall": counts.recall.map { .number($0, decimals: 4) },
            "recall_95": .array([.number(interval.lower, decimals: 4), .number(interval.upper, decimals: 4)]),
        ])
    }
}
