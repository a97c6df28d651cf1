public import ShrikeCore

/// Compares what a scene finds on golden pictures with what it found where it was made.
public struct GoldenComparison: Sendable {
    private let set: GoldenSet
    /// Score at which each class counts, by code.
    private let thresholds: [String: Double]
    private var differences: [String] = []
    private var pictures = 0
    private var worstScore = 0.0

    /// More differences are counted, not told.
    private static let maximumTold = 5

    public init(_ set: GoldenSet, classes: [ClassDefinition]) {
        self.set = set
        thresholds = Dictionary(classes.map { ($0.code, $0.threshold) }, uniquingKeysWith: { a, _ in a })
    }

    /// Takes the findings on one picture of the set.
    public mutating func take(_ found: [Detection], on picture: GoldenSet.Picture) {
        pictures += 1
        var left = found.sorted { $0.score > $1.score }
        for detection in found where !detection.score.isFinite {
            differences.append("\(picture.file): \(detection.className) has the score \(detection.score)")
        }
        for expected in picture.expected {
            let candidates = left.indices.filter { left[$0].className == expected.className }
            let best = candidates.max { left[$0].box.iou(expected.box) < left[$1].box.iou(expected.box) }
            guard let best, left[best].box.iou(expected.box) >= set.leastIoU else {
                if !isMarginal(expected.score, expected.className) {
                    differences.append(
                        "\(picture.file): \(Self.words(expected.className, expected.score)) is not found")
                }
                continue
            }
            let difference = abs(left[best].score - expected.score)
            worstScore = max(worstScore, difference)
            if !(difference <= set.scoreTolerance) {
                let got = Self.fixed(left[best].score)
                differences.append(
                    "\(picture.file): \(Self.words(expected.className, expected.score)) has the score \(got)")
            }
            left.remove(at: best)
        }
        for extra in left where !isMarginal(extra.score, extra.className) {
            differences.append("\(picture.file): \(Self.words(extra.className, extra.score)) was not expected")
        }
    }

    public var outcome: GoldenOutcome {
        if differences.isEmpty { return .passed(pictures: pictures, worstScoreDifference: worstScore) }
        let rest = differences.count - Self.maximumTold
        return .mismatch(differences.prefix(Self.maximumTold) + (rest > 0 ? ["and \(rest) more"] : []))
    }

    /// Within the tolerance of its threshold a finding may come or go.
    private func isMarginal(_ score: Double, _ className: String) -> Bool {
        score < (thresholds[className] ?? 0) + set.scoreTolerance
    }

    private static func words(_ name: String, _ score: Double) -> String { "\(name) \(fixed(score))" }

    private static func fixed(_ value: Double) -> String { JSONValue.number(value, decimals: 3).canonicalText }
}
