import Foundation

/// Counters, gauges and histograms of the running agent, rendered in Prometheus' text format 0.0.4.
///
/// One lock; updates are a dictionary access each, a few dozen a frame at most.
public final class MetricsRegistry: @unchecked Sendable {
    // Sendable: `families` is only touched under `lock`.
    private let lock = NSLock()
    private var families: [String: Family] = [:]

    /// Upper bounds of latency buckets in seconds.
    public static let latencyBuckets: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    private enum Kind: String { case counter, gauge, histogram }

    private struct Histogram {
        var counts = [UInt64](repeating: 0, count: MetricsRegistry.latencyBuckets.count + 1)
        var sum = 0.0
    }

    private struct Family {
        var kind: Kind
        var help: String
        var values: [String: Double] = [:]
        var histograms: [String: Histogram] = [:]
    }

    public init() {}

    public func add(_ amount: Double = 1, to name: String, _ labels: KeyValuePairs<String, String> = [:], help: String)
    {
        update(name, .counter, help) { $0.values[Self.text(labels), default: 0] += amount }
    }

    public func set(_ value: Double, for name: String, _ labels: KeyValuePairs<String, String> = [:], help: String) {
        update(name, .gauge, help) { $0.values[Self.text(labels)] = value }
    }

    /// Adds one observation in seconds to a histogram with ``latencyBuckets``.
    public func observe(
        seconds: Double, in name: String, _ labels: KeyValuePairs<String, String> = [:], help: String
    ) {
        update(name, .histogram, help) { family in
            let bucket = Self.latencyBuckets.firstIndex { seconds <= $0 } ?? Self.latencyBuckets.count
            family.histograms[Self.text(labels), default: Histogram()].counts[bucket] += 1
            family.histograms[Self.text(labels), default: Histogram()].sum += seconds
        }
    }

    /// The whole registry as Prometheus reads it; families and label sets sorted.
    public func render() -> String {
        let families = lock.withLock { self.families }
        var out = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            out += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind.rawValue)\n"
            for (labels, value) in family.values.sorted(by: { $0.key < $1.key }) {
                out += "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.text(value))\n"
            }
            for (labels, histogram) in family.histograms.sorted(by: { $0.key < $1.key }) {
                var total: UInt64 = 0
                for (i, count) in histogram.counts.enumerated() {
                    total += count
                    let bound = i < Self.latencyBuckets.count ? Self.text(Self.latencyBuckets[i]) : "+Inf"
                    out += "\(name)_bucket{\(labels.isEmpty ? "" : labels + ",")le=\"\(bound)\"} \(total)\n"
                }
                let braces = labels.isEmpty ? "" : "{\(labels)}"
                out += "\(name)_sum\(braces) \(Self.text(histogram.sum))\n\(name)_count\(braces) \(total)\n"
            }
        }
        return out
    }

    private func update(_ name: String, _ kind: Kind, _ help: String, _ change: (inout Family) -> Void) {
        lock.withLock { change(&families[name, default: Family(kind: kind, help: help)]) }
    }

    private static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : value.description
    }

    private static func text(_ labels: KeyValuePairs<String, String>) -> String {
        labels.map { key, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(key)=\"\(escaped)\""
        }.joined(separator: ",")
    }
}
