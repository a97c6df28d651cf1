public import ShrikeCore

/// How well scores mean what they say: of answers with a score of 0.8, about 80 % should be right.
///
/// Method: expected calibration error over ten bins of equal width (C. Guo et al., ICML 2017).
public struct ReliabilityMetrics: Hashable, Sendable {
    public struct Bin: Hashable, Sendable {
        /// Mean score.
        public var score: Double
        public var right: Int
        public var count: Int
        /// Share that is right.
        public var share: Double { Double(right) / Double(count) }
        public var interval: ProportionInterval { ProportionInterval(successes: right, trials: count) }
    }

    public static let binCount = 10
    /// Those that have answers, by score.
    public let bins: [Bin]
    /// Mean difference of score and share that is right, weighted by answers; nil without answers.
    public let expectedError: Double?

    /// - Parameter answers: score, 0 to 1, and whether it was right.
    public init(_ answers: [(score: Double, isRight: Bool)]) {
        var sums = [Double](repeating: 0, count: Self.binCount)
        var (right, counts) = ([Int](repeating: 0, count: Self.binCount), [Int](repeating: 0, count: Self.binCount))
        for answer in answers where answer.score.isFinite {
            let bin = max(0, min(Self.binCount - 1, Int(answer.score * Double(Self.binCount))))
            sums[bin] += answer.score
            counts[bin] += 1
            if answer.isRight { right[bin] += 1 }
        }
        bins = (0..<Self.binCount).filter { counts[$0] > 0 }.map {
            Bin(score: sums[$0] / Double(counts[$0]), right: right[$0], count: counts[$0])
        }
        let all = bins.reduce(0) { $0 + $1.count }
        expectedError =
            all > 0 ? bins.reduce(0) { $0 + Double($1.count) * abs($1.score - $1.share) } / Double(all) : nil
    }

    public var json: JSONValue {
        .object([
            "ece": expectedError.map { .number($0, decimals: 6) } ?? .null,
            "bins": .array(
                bins.map { bin in
                    .object([
                        "score": .number(bin.score, decimals: 4), "right": .integer(Int64(bin.right)),
                        "count": .integer(Int64(bin.count)),
                    ])
                }),
        ])
    }
}
