internal import Foundation

/// How scores of a classifier become probabilities, and from which one on a class is reported.
///
/// Temperature scaling (Guo et al., ICML 2017): one factor for all scores, chosen for the least negative log-likelihood.
public struct ClassCalibration: Hashable, Sendable {
    /// Factor of the scores before the softmax.
    public var sharpness: Double
    /// Least probability that is reported.
    public var threshold: Double

    public init(sharpness: Double, threshold: Double) { (self.sharpness, self.threshold) = (sharpness, threshold) }

    static let thresholds = stride(from: 0.0, through: 0.6, by: 0.05).map(\.self)
    /// Where there is nothing to choose by.
    static let usualSharpness = 1.0

    func probabilities(_ scores: [Double]) -> [Double] {
        let top = scores.max() ?? 0
        let powers = scores.map { exp(sharpness * ($0 - top)) }
        let total = powers.reduce(0, +)
        return powers.map { $0 / total }
    }

    /// - Parameter answered: right class and scores of pictures that were held back.
    static func sharpness(_ answered: [(right: Int, scores: [Double])]) -> Double {
        guard !answered.isEmpty else { return usualSharpness }
        func loss(_ sharpness: Double) -> Double {
            let calibration = ClassCalibration(sharpness: sharpness, threshold: 0)
            // A class that could not be answered must not decide.
            return answered.reduce(0) { $0 - log(max(1e-6, calibration.probabilities($1.scores)[$1.right])) }
        }
        // Convex in the logarithm over the range that matters; a fine grid is enough for probabilities.
        let candidates = (-20...12).map { exp(Double($0) / 4) }
        return candidates.min { loss($0) < loss($1) } ?? usualSharpness
    }
}
