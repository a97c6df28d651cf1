internal import Kernels

/// The part of a value's distribution that 8 bits stand for.
public struct ActivationRange: Hashable, Sendable {
    public var low: Float
    public var high: Float

    /// 256 levels, one of them exactly 0.
    var scale: Float { max((max(0, high) - min(0, low)) / 255, 1e-12) }
    var zeroPoint: UInt8 { UInt8(max(0, min(255, (-min(0, low) / scale).rounded()))) }

    /// The range with the least mean squared error for what a histogram counted, by the usual model: inside, a step's
    /// uniform error; outside, the distance to the limit.
    ///
    /// - Parameter isRectified: the values are never negative, so the range begins at 0.
    static func best(_ histogram: [UInt64], low: Float, high: Float, isRectified: Bool) -> ActivationRange {
        let bins = histogram.count
        let width = (Double(high) - Double(low)) / Double(bins)
        guard width > 0, width.isFinite else { return ActivationRange(low: min(0, low), high: max(0, high)) }
        let centers = (0..<bins).map { Double(low) + (Double($0) + 0.5) * width }
        func error(_ from: Double, _ to: Double) -> Double {
            let step = (to - from) / 255
            var sum = 0.0
            for (count, center) in zip(histogram, centers) where count > 0 {
                let outside = center < from ? from - center : center > to ? center - to : 0
                sum += Double(count) * (outside * outside + step * step / 12)
            }
            return sum
        }
        let candidates = (8...32).map { Double($0) / 32 }
        var best = (from: isRectified ? 0 : min(0, Double(low)), to: max(0, Double(high)))
        // Each side in turn; the second round only corrects.
        for _ in 0..<2 {
            let top = max(0, Double(high))
            best.to = candidates.map { $0 * top }.min { error(best.from, $0) < error(best.from, $1) } ?? best.to
            guard !isRectified, low < 0 else { continue }
            best.from =
                candidates.map { $0 * Double(low) }.min { error($0, best.to) < error($1, best.to) } ?? best.from
        }
        return ActivationRange(low: Float(best.from), high: Float(best.to))
    }
}
