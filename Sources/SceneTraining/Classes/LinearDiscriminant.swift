internal import Foundation
internal import Kernels

/// A linear classifier in closed form: what every class has in common in scatter, and its own mean.
///
/// Linear discriminant analysis (R. A. Fisher 1936; shrunk as in J. H. Friedman, JASA 84, 1989): scores are
/// x' S^-1 m_c - m_c' S^-1 m_c / 2 + log(n_c) / 2, where S is the scatter within classes plus `shrinkage` times its mean diagonal.
/// Half of the log of the counts lies between all classes alike and classes as frequent as they were taught.
public struct LinearDiscriminant: Hashable, Sendable {
    /// Sorted; rows of ``weights``.
    public let classes: [String]
    /// classes x dimensions, for features scaled to a deviation of 1.
    public let weights: [Double]
    public let bias: [Double]
    /// Share of the mean diagonal that was added.
    public let shrinkage: Double

    /// Many samples need little help, few need much: numbers of a sample over twice their count, between a tenth and 2
    /// (chosen on ir_solar's development part, see the target's page).
    public static func shrinkage(dimensions: Int, samples: Int) -> Double {
        min(2, max(0.1, Double(dimensions) / (2 * Double(max(1, samples)))))
    }

    /// - Throws: ``TeachingError`` where there are fewer than two classes.
    public init(_ sums: ClassSums) throws(TeachingError) {
        let names = sums.classes.keys.sorted()
        guard names.count >= 2 else {
            throw TeachingError(
                "\(names.count == 1 ? "one class alone cannot" : "nothing can") be told apart",
                at: names.first ?? "classes",
                remedy: "teach pictures of two classes at least; normal ones are a class too")
        }
        let dimensions = sums.dimensions
        let total = Double(sums.count)
        let unit = Double(FeatureScaler.steps)
        let means = names.flatMap { name in
            let entry = sums.classes[name]
            return (entry?.sum ?? []).map { $0 / (unit * Double(entry?.count ?? 1)) }
        }
        let counts = names.map { Double(sums.classes[$0]?.count ?? 0) }
        shrinkage = Self.shrinkage(dimensions: dimensions, samples: sums.count)
        guard let factor = Self.scatter(sums, means: means, counts: counts, shrinkage: shrinkage).cholesky() else {
            throw TeachingError(
                "all samples are the same", at: names.joined(separator: ", "), remedy: "teach different pictures")
        }
        let solved = factor.solving(means)
        bias = names.indices.map { c in
            var product = 0.0
            for i in 0..<dimensions { product += means[c * dimensions + i] * solved[c * dimensions + i] }
            return -product / 2 + log(counts[c] / total) / 2
        }
        (classes, weights) = (names, solved)
    }

    /// Scatter within classes, shrunk.
    private static func scatter(
        _ sums: ClassSums, means: [Double], counts: [Double], shrinkage: Double
    ) -> SymmetricMatrix {
        var scatter = sums.products
        let dimensions = sums.dimensions
        let square = Double(FeatureScaler.steps) * Double(FeatureScaler.steps)
        let freedom = max(1, Double(sums.count - counts.count))
        let weighted = means.indices.map { means[$0] * counts[$0 / dimensions] }
        scatter.update { row, column, value in
            var within = value / square
            for c in counts.indices {
                within -= weighted[c * dimensions + row] * means[c * dimensions + column]
            }
            return within / freedom
        }
        // Never exactly singular, even where every sample is alike.
        let ridge = shrinkage * scatter.trace / Double(dimensions) + 1e-9
        scatter.update { row, column, value in row == column ? value + ridge : value }
        return scatter
    }

    /// Scores of scaled features, in the order of ``classes``.
    ///
    /// - Parameter sample: whole numbers as ``FeatureScaler`` gives them.
    public func scores(_ sample: [Float]) -> [Double] {
        let unit = Double(FeatureScaler.steps)
        return classes.indices.map { c in
            var sum = 0.0
            for i in sample.indices { sum += Double(sample[i]) * weights[c * sample.count + i] }
            return sum / unit + bias[c]
        }
    }
}
