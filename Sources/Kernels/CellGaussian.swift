internal import CKernels

/// Distance of each cell of a map from what is normal there: the length of F (z - mean), where F'F is the inverse
/// covariance (Mahalanobis distance through the inverse Cholesky factor).
public struct CellGaussian: Sendable {
    /// Numbers of a cell's vector.
    public let dimensions: Int
    /// One row of `dimensions` for all cells, or one a cell.
    public let means: [Float]
    /// One lower triangle for all cells, or one a cell, each by columns: column 0 from the diagonal down, then column 1, ...
    public let factors: [Float]

    private var cells: [Float] = []
    private var scratch: [Float] = []

    /// - Precondition: the sizes fit each other: whole rows and triangles, at least one of each.
    public init(dimensions: Int, means: [Float], factors: [Float]) {
        precondition(
            dimensions > 0 && !means.isEmpty && means.count.isMultiple(of: dimensions) && !factors.isEmpty
                && factors.count.isMultiple(of: Self.triangle(dimensions)), "sizes of a Gaussian")
        (self.dimensions, self.means, self.factors) = (dimensions, means, factors)
    }

    /// Numbers of a lower triangle.
    public static func triangle(_ dimensions: Int) -> Int { dimensions * (dimensions + 1) / 2 }

    /// - Precondition: the map has `dimensions` channels and as many cells as there are rows and triangles (where those are
    ///   more than one).
    public mutating func distances(_ map: FeatureMap, into out: inout [Float]) {
        let rows = means.count / dimensions
        let triangles = factors.count / Self.triangle(dimensions)
        precondition(
            map.channels == dimensions && (rows == 1 || rows == map.cells)
                && (triangles == 1 || triangles == map.cells),
            "map of a Gaussian")
        FeatureStatistics.resize(&out, map.cells)
        FeatureStatistics.resize(&cells, map.cells * dimensions)
        FeatureStatistics.resize(&scratch, 2 * dimensions)
        cf_cells(map.base, dimensions, map.cells, &cells)
        cf_whitened_length(cells, map.cells, dimensions, means, rows, factors, triangles, &scratch, &out)
    }
}
