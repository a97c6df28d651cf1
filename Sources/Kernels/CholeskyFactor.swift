internal import CKernels

/// The lower triangle L of a positive definite matrix A = L L', packed by rows.
public struct CholeskyFactor: Sendable {
    public let dimensions: Int
    let triangle: [Double]

    /// A^-1 b.
    ///
    /// - Parameter sides: right sides one after another, whole multiples of `dimensions` numbers.
    public func solving(_ sides: [Double]) -> [Double] {
        precondition(sides.count.isMultiple(of: dimensions), "whole right sides")
        var solved = sides
        cstat_solve(triangle, dimensions, &solved, sides.count / dimensions)
        return solved
    }

    /// L^-1 packed by columns from the diagonal down, as ``CellGaussian`` reads it.
    public var inverseByColumns: [Float] {
        var column = [Double](repeating: 0, count: dimensions)
        return [Float](unsafeUninitializedCapacity: triangle.count) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            cstat_invert_triangle(triangle, dimensions, &column, start)
            count = triangle.count
        }
    }
}
