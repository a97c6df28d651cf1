internal import Foundation
internal import Kernels
internal import ModelBundles
public import ShrikeCore

/// How far samples lie from the nearest class, in deviations within classes, number by number: what is like no class lies far
/// from all.
///
/// The diagonal of the scatter within classes, leaning on its mean by a tenth (Mahalanobis' distance with a diagonal covariance).
public struct ClassDistance: Hashable, Sendable {
    /// Sorted; rows of ``means``.
    public let classes: [String]
    /// Of samples scaled to a deviation of 1.
    public let means: [Double]
    /// Variance within classes of each number.
    public let within: [Double]

    /// Share of pictures of taught classes that may be called unknown.
    public static let rejected = 0.001
    private static let lean = 0.1

    public init(_ sums: ClassSums) {
        let names = sums.classes.keys.sorted()
        let (dimensions, unit) = (sums.dimensions, Double(FeatureScaler.steps))
        var means = [Double](repeating: 0, count: names.count * dimensions)
        var within = (0..<dimensions).map { sums.products.triangle[SymmetricMatrix.size($0) + $0] / (unit * unit) }
        for (c, name) in names.enumerated() {
            guard let entry = sums.classes[name] else { continue }
            for i in 0..<dimensions {
                let mean = entry.sum[i] / (unit * Double(entry.count))
                means[c * dimensions + i] = mean
                within[i] -= Double(entry.count) * mean * mean
            }
        }
        let freedom = Double(max(1, sums.count - names.count))
        let typical = max(1e-9, within.reduce(0) { $0 + max(0, $1) } / freedom / Double(dimensions))
        (classes, self.means) = (names, means)
        self.within = within.map { max(0, $0) / freedom + Self.lean * typical }
    }

    /// - Parameter sample: whole numbers as ``FeatureScaler`` gives them.
    public func distance(_ sample: [Float]) -> Double {
        let unit = Double(FeatureScaler.steps)
        let least =
            classes.indices.map { c in
                sample.indices.reduce(0.0) { sum, i in
                    let away = Double(sample[i]) / unit - means[c * sample.count + i]
                    return sum + away * away / within[i]
                }
            }.min() ?? 0
        return (least / Double(sample.count)).squareRoot()
    }

    /// Where a score of one half lies, from distances of pictures that were held back: ``rejected`` of them lie beyond, by a
    /// lognormal fit plus one standard error.
    ///
    /// - Returns: nil for fewer than eight pictures.
    public static func calibration(_ distances: [Double], className: String) -> HeadSettings.Classifier.Unknown? {
        guard distances.count >= 8 else { return nil }
        let logs = distances.map { log(max(1e-9, $0)) }
        let mean = logs.reduce(0, +) / Double(logs.count)
        let deviation = (logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(logs.count - 1)).squareRoot()
        let quantile = 3.09
        let error = ((1 + quantile * quantile / 2) / Double(logs.count)).squareRoot()
        let center = max(exp(mean + (quantile + error) * deviation), exp(mean) * 1.01)
        return .init(className: className, center: center, spread: (center - exp(mean)) / 4)
    }

    /// Tensors of the serving head.
    func tensors(_ prefix: String) -> [String: Tensor] {
        [
            "\(prefix).class_mean": Tensor(means.map { Float($0) }, shape: [classes.count, within.count]),
            "\(prefix).within": Tensor(within.map { Float($0) }, shape: [within.count]),
        ]
    }
}
