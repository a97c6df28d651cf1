public import ShrikeCore

/// How long each stage took per frame, as histograms by the stage's name.
public struct StageTimings: Hashable, Sendable {
    public private(set) var stages: [String: LogHistogram] = [:]

    public init() {}

    public mutating func record(_ stage: String, _ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return }
        let (ns, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, over) = ns.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000)
        stages[stage, default: LogHistogram()].record(nanoseconds: overflow || over ? .max : sum)
    }

    public mutating func merge(_ other: StageTimings) {
        for (name, histogram) in other.stages { stages[name, default: LogHistogram()].merge(histogram) }
    }

    /// `{stage: {count, total_s, p50_ms, p95_ms, max_ms}}`.
    public var json: JSONValue {
        .object(
            stages.mapValues { histogram in
                .object([
                    "count": .integer(Int64(clamping: histogram.count)),
                    "total_s": .number(Double(histogram.totalNanoseconds) / 1e9, decimals: 3),
                    "p50_ms": .number(Double(histogram.quantile(0.5) ?? 0) / 1e6, decimals: 3),
                    "p95_ms": .number(Double(histogram.quantile(0.95) ?? 0) / 1e6, decimals: 3),
                    "max_ms": .number(Double(histogram.maximumNanoseconds) / 1e6, decimals: 3),
                ])
            })
    }
}
