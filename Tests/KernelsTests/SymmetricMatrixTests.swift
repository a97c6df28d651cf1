import Kernels
import Testing

@Suite struct SymmetricMatrixTests {
    private func rows(_ count: Int, _ dimensions: Int, seed: UInt64) -> [Float] {
        var random = Pseudorandom(seed: seed)
        return (0..<count * dimensions).map { _ in (random.unit() * 2000 - 1000).rounded() }
    }

    @Test(arguments: [(1, 1), (3, 5), (17, 4), (33, 13), (40, 37), (5, 64)])
    func productsEqualThePlainSum(count: Int, dimensions: Int) {
        let samples = rows(count, dimensions, seed: 7)
        var fast = SymmetricMatrix(dimensions: dimensions)
        fast.add(productsOf: samples)
        var at = 0
        for i in 0..<dimensions {
            for j in 0...i {
                var sum = 0.0
                for r in 0..<count { sum += Double(samples[r * dimensions + i]) * Double(samples[r * dimensions + j]) }
                #expect(fast.triangle[at] == sum)
                at += 1
            }
        }
        fast.add(productsOf: samples, isTakenAway: true)
        #expect(fast.triangle.allSatisfy { $0 == 0 })
    }

    @Test(arguments: [1, 2, 9, 40, 67]) func solvesWhatItFactors(dimensions: Int) throws {
        var matrix = SymmetricMatrix(dimensions: dimensions)
        matrix.add(productsOf: rows(2 * dimensions, dimensions, seed: 3))
        matrix.update { row, column, value in value / 1e6 + (row == column ? 1 : 0) }
        let truth = (0..<2 * dimensions).map { Double($0 % 7) - 3 }
        func product(_ x: [Double]) -> [Double] {
            var out = [Double](repeating: 0, count: x.count)
            for s in 0..<x.count / dimensions {
                for i in 0..<dimensions {
                    for j in 0..<dimensions {
                        let at = SymmetricMatrix.size(max(i, j)) + min(i, j)
                        out[s * dimensions + i] += matrix.triangle[at] * x[s * dimensions + j]
                    }
                }
            }
            return out
        }
        let factor = try #require(matrix.cholesky())
        let solved = factor.solving(product(truth))
        #expect(zip(solved, truth).allSatisfy { abs($0 - $1) < 1e-9 })
        // |L^-1 b|^2 = b' A^-1 b.
        let side = Array(truth.prefix(dimensions))
        var gaussian = CellGaussian(
            dimensions: dimensions, means: [Float](repeating: 0, count: dimensions), factors: factor.inverseByColumns)
        var distance: [Float] = []
        side.map { Float($0) }.withUnsafeBufferPointer {
            gaussian.distances(FeatureMap($0, channels: dimensions, rows: 1, columns: 1), into: &distance)
        }
        let wanted = zip(side, factor.solving(side)).reduce(0) { $0 + $1.0 * $1.1 }.squareRoot()
        #expect(abs(Double(distance[0]) - wanted) < 1e-4 * max(1, wanted))
    }

    @Test func refusesWhatIsNotPositiveDefinite() {
        #expect(SymmetricMatrix(dimensions: 2, triangle: [1, 2, 1]).cholesky() == nil)
        #expect(SymmetricMatrix(dimensions: 1, triangle: [.nan]).cholesky() == nil)
        #expect(SymmetricMatrix(dimensions: 2).cholesky() == nil)
    }
}
