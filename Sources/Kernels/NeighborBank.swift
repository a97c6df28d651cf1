internal import CKernels

/// Vectors that stand for all that was seen, and the distance of others to the nearest of them.
public struct NeighborBank: Hashable, Sendable {
    /// Numbers of a vector.
    public let dimensions: Int
    /// One vector after another.
    public let members: [Float]
    private let squares: [Float]

    /// Numbers of the random projection in which ``spread(over:dimensions:count:)`` looks.
    private static let projected = 64

    /// - Precondition: whole vectors, at least one.
    public init(dimensions: Int, members: [Float]) {
        precondition(dimensions > 0 && !members.isEmpty && members.count.isMultiple(of: dimensions), "members")
        (self.dimensions, self.members) = (dimensions, members)
        var squares = [Float](repeating: 0, count: members.count / dimensions)
        cstat_squares(members, squares.count, dimensions, &squares)
        self.squares = squares
    }

    /// Chooses vectors that leave none far from all chosen: each next one is the farthest so far, in a random projection.
    ///
    /// Method: greedy k-center (T. Gonzalez, 1985), as PatchCore thins its bank (K. Roth et al. 2022); signs as projection
    /// (D. Achlioptas, 2003), from a fixed seed.
    ///
    /// - Parameters:
    ///   - rows: whole vectors, at least one.
    ///   - count: of members wanted at most.
    public static func spread(over rows: [Float], dimensions: Int, count: Int) -> NeighborBank {
        precondition(dimensions > 0 && !rows.isEmpty && rows.count.isMultiple(of: dimensions), "rows")
        let total = rows.count / dimensions
        guard total > count else { return NeighborBank(dimensions: dimensions, members: rows) }
        var random = SplitMix64(seed: 64)
        let signs = (0..<projected * dimensions).map { _ in Float(random.next() & 1 == 0 ? -1 : 1) }
        var points = [Float](repeating: 0, count: total * projected)
        cstat_project(rows, total, dimensions, signs, projected, &points)
        var squared = [Float](repeating: .infinity, count: total)
        var chosen = [0]
        while chosen.count < count {
            let last = chosen[chosen.count - 1] * projected
            chosen.append(
                cstat_farthest(points, total, projected, Array(points[last..<last + projected]), &squared))
        }
        return NeighborBank(
            dimensions: dimensions,
            members: chosen.flatMap { rows[$0 * dimensions..<($0 + 1) * dimensions] })
    }

    /// - Parameter rows: whole vectors.
    public func distances(_ rows: [Float], into out: inout [Float]) {
        precondition(rows.count.isMultiple(of: dimensions), "whole vectors")
        FeatureStatistics.resize(&out, rows.count / dimensions)
        cstat_nearest(rows, out.count, dimensions, members, squares, squares.count, &out)
    }
}
