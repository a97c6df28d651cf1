/// How well scores tell positives from negatives, whatever the threshold.
public struct RankingMetrics: Hashable, Sendable {
    /// Area under the curve of true against false positive rate; ties count half. Nil where one side is empty.
    public let auroc: Double?
    /// Mean of the precision at each positive (average precision); nil without positives.
    public let averagePrecision: Double?
    /// False and true positive rates, from the strictest threshold to the loosest, thinned to ``points`` at most.
    public let curve: [RatePoint]

    public struct RatePoint: Hashable, Sendable {
        public var falseRate: Double
        public var trueRate: Double
    }

    /// A sample: its score, and how much it weighs as a positive; negatives weigh nothing. Small, since pixels are many.
    struct Sample {
        var score: Float
        var weight: Float
    }

    static let points = 400

    public init(positives: [Double], negatives: [Double]) {
        self.init(
            positives.map { Sample(score: Float($0), weight: 1) }
                + negatives.map { Sample(score: Float($0), weight: 0) }, limit: 1)
    }

    /// - Parameter limit: of the false positive rate; the area up to it is divided by it.
    init(_ samples: [Sample], limit: Double) {
        let positive = samples.reduce(0) { $0 + Double($1.weight) }
        let negative = Double(samples.count { $0.weight == 0 })
        let sorted = samples.sorted { $0.score > $1.score }
        var (area, precision) = (0.0, 0.0)
        var (found, wrong) = (0.0, 0.0)
        var curve = [RatePoint(falseRate: 0, trueRate: 0)]
        var start = 0
        while start < sorted.count {
            let (foundBefore, wrongBefore) = (found, wrong)
            var end = start
            while end < sorted.count, sorted[end].score == sorted[start].score {
                found += Double(sorted[end].weight)
                if sorted[end].weight == 0 { wrong += 1 }
                end += 1
            }
            start = end
            precision += (found - foundBefore) * found / max(found + wrong, .leastNonzeroMagnitude)
            guard negative > 0, positive > 0 else { continue }
            let last = RatePoint(falseRate: wrongBefore / negative, trueRate: foundBefore / positive)
            let next = RatePoint(falseRate: wrong / negative, trueRate: found / positive)
            area += Self.area(last, next, limit: limit)
            curve.append(next)
        }
        auroc = positive > 0 && negative > 0 ? area / limit : nil
        averagePrecision = positive > 0 ? precision / positive : nil
        let step = max(1, curve.count / Self.points)
        self.curve = curve.enumerated().filter { $0.offset % step == 0 || $0.offset == curve.count - 1 }.map(\.element)
    }

    /// Below the line between two points, left of the limit.
    private static func area(_ a: RatePoint, _ b: RatePoint, limit: Double) -> Double {
        guard a.falseRate < limit, b.falseRate > a.falseRate else { return 0 }
        let right = min(limit, b.falseRate)
        let share = (right - a.falseRate) / (b.falseRate - a.falseRate)
        return (right - a.falseRate) * (2 * a.trueRate + share * (b.trueRate - a.trueRate)) / 2
    }
}
