public import ShrikeCore

/// What became of the telemetry of one source: where it came from and what was wrong with it. Nothing of it is silent.
public struct TelemetryReport: Hashable, Sendable, Codable {
    /// File the poses came from, or that was tried.
    public var file: String
    /// Formats met, e.g. `dji-mini-3`; empty where the file was refused.
    public var variants: [String]
    public var samples: Int
    /// Samples with a place.
    public var placed: Int
    /// Sentences a person has to know: lines left out, an order that could not be told, a clock that was assumed.
    public var issues: [String]
    /// Whether no pose at all comes from it.
    public var isRefused: Bool

    public init(
        file: String, variants: [String] = [], samples: Int = 0, placed: Int = 0, issues: [String] = [],
        isRefused: Bool = false
    ) {
        (self.file, self.variants, self.samples, self.placed) = (file, variants, samples, placed)
        (self.issues, self.isRefused) = (issues, isRefused)
    }

    public var json: JSONValue {
        .object([
            "file": .string(file), "variants": .array(variants.map { .string($0) }),
            "samples": .integer(Int64(samples)), "placed": .integer(Int64(placed)),
            "issues": .array(issues.map { .string($0) }), "refused": .bool(isRefused),
        ])
    }
}
