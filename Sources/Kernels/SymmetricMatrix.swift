internal import CKernels

/// A symmetric matrix in double precision, as its lower triangle packed by rows: (0,0), (1,0), (1,1), ...
public struct SymmetricMatrix: Hashable, Sendable {
    public let dimensions: Int
    /// `dimensions * (dimensions + 1) / 2` numbers.
    public private(set) var triangle: [Double]

    public init(dimensions: Int) {
        precondition(dimensions > 0, "dimensions")
        self.dimensions = dimensions
        triangle = [Double](repeating: 0, count: Self.size(dimensions))
    }

    /// - Precondition: there are as many numbers as the triangle has.
    public init(dimensions: Int, triangle: [Double]) {
        precondition(dimensions > 0 && triangle.count == Self.size(dimensions), "triangle")
        (self.dimensions, self.triangle) = (dimensions, triangle)
    }

    /// Numbers of a triangle.
    public static func size(_ dimensions: Int) -> Int { dimensions * (dimensions + 1) / 2 }

    /// Adds the products of every row with itself, x x', or takes them away.
    ///
    /// - Parameter rows: whole rows of `dimensions` numbers. Where all numbers are integers below 2^14 and fewer than 2^24
    ///   rows are summed, every sum is an exact integer, and so the same in any order.
    public mutating func add(productsOf rows: [Float], isTakenAway: Bool = false) {
        precondition(rows.count.isMultiple(of: dimensions), "whole rows")
        var scratch = [Double](repeating: 0, count: Int(cstat_tile) * dimensions)
        cstat_add_products(
            rows, rows.count / dimensions, dimensions, isTakenAway ? -1 : 1, &scratch, &triangle)
    }

    public static func += (left: inout SymmetricMatrix, right: SymmetricMatrix) {
        precondition(left.dimensions == right.dimensions, "dimensions")
        for i in left.triangle.indices { left.triangle[i] += right.triangle[i] }
    }

    public static func -= (left: inout SymmetricMatrix, right: SymmetricMatrix) {
        precondition(left.dimensions == right.dimensions, "dimensions")
        for i in left.triangle.indices { left.triangle[i] -= right.triangle[i] }
    }

    /// Changes every number: `change(row, column, value)`, column not above row.
    public mutating func update(_ change: (Int, Int, Double) -> Double) {
        var at = 0
        for row in 0..<dimensions {
            for column in 0...row {
                triangle[at] = change(row, column, triangle[at])
                at += 1
            }
        }
    }

    public var trace: Double { (0..<dimensions).reduce(0) { $0 + triangle[Self.size($1 + 1) - 1] } }

    /// The Cholesky factor; nil where the matrix is not positive definite.
    public consuming func cholesky() -> CholeskyFactor? {
        cstat_cholesky(&triangle, dimensions) ? CholeskyFactor(dimensions: dimensions, triangle: triangle) : nil
    }
}
