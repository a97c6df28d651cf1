import Kernels
import Testing

/// Each kernel against its plain form, in double precision, at sizes that fill no block evenly.
@Suite("Feature kernels")
struct FeatureKernelsTests {
    struct Shape: CustomTestStringConvertible {
        var channels: Int
        var rows: Int
        var columns: Int
        var testDescription: String { "\(channels)x\(rows)x\(columns)" }
    }

    static let shapes = [
        Shape(channels: 1, rows: 1, columns: 1), Shape(channels: 3, rows: 2, columns: 5),
        Shape(channels: 19, rows: 7, columns: 10), Shape(channels: 40, rows: 13, columns: 11),
        Shape(channels: 112, rows: 4, columns: 20),
    ]

    private func numbers(_ count: Int, seed: UInt64) -> [Float] {
        var random = Pseudorandom(seed: seed)
        return (0..<count).map { _ in Float(Int(random.bits() & 0xFFFF) - 32_768) / 8192 }
    }

    private func withMap<R>(_ values: [Float], _ shape: Shape, _ body: (FeatureMap) throws -> R) rethrows -> R {
        try values.withUnsafeBufferPointer {
            try body(FeatureMap($0, channels: shape.channels, rows: shape.rows, columns: shape.columns))
        }
    }

    private func isClose(_ a: Float, _ b: Double, _ scale: Double = 1) -> Bool {
        abs(Double(a) - b) <= 2e-5 * max(scale, abs(b))
    }

    @Test("a 1x1 convolution equals the sums, with and without rectifying", arguments: shapes)
    func pointwise(_ shape: Shape) {
        let cells = shape.rows * shape.columns
        let input = numbers(shape.channels * cells, seed: 1)
        for outputs in [1, 4, 7] {
            let weights = numbers(outputs * shape.channels, seed: 2)
            let bias = numbers(outputs, seed: 3)
            let layer = PointwiseConvolution(inputs: shape.channels, outputs: outputs, weights: weights, bias: bias)
            for rectifies in [false, true] {
                var out: [Float] = []
                withMap(input, shape) { layer.apply($0, rectifies: rectifies, into: &out) }
                for o in 0..<outputs {
                    for i in 0..<cells {
                        var sum = Double(bias[o])
                        var scale = abs(sum)
                        for c in 0..<shape.channels {
                            let product = Double(weights[o * shape.channels + c]) * Double(input[c * cells + i])
                            sum += product
                            scale += abs(product)
                        }
                        #expect(isClose(out[o * cells + i], rectifies ? max(0, sum) : sum, scale))
                    }
                }
            }
        }
    }

    @Test("a 3x3 convolution and a 3x3 mean equal their sums, at the borders too", arguments: shapes)
    func neighborhoods(_ shape: Shape) {
        let input = numbers(shape.channels * shape.rows * shape.columns, seed: 4)
        let weights = numbers(9 * shape.channels, seed: 5)
        let bias = numbers(shape.channels, seed: 6)
        let layer = DepthwiseConvolution(channels: shape.channels, weights: weights, bias: bias)
        var out: [Float] = []
        var mean: [Float] = []
        withMap(input, shape) {
            layer.apply($0, into: &out)
            FeatureStatistics.mean3($0, into: &mean)
        }
        for c in 0..<shape.channels {
            for y in 0..<shape.rows {
                for x in 0..<shape.columns {
                    var sum = Double(bias[c])
                    var (total, count) = (0.0, 0.0)
                    for r in -1...1 {
                        for q in -1...1 where 0..<shape.rows ~= y + r && 0..<shape.columns ~= x + q {
                            let value = Double(input[(c * shape.rows + y + r) * shape.columns + x + q])
                            sum += value * Double(weights[9 * c + 3 * (r + 1) + q + 1])
                            total += value
                            count += 1
                        }
                    }
                    let at = (c * shape.rows + y) * shape.columns + x
                    #expect(isClose(out[at], sum, 60))
                    #expect(isClose(mean[at], total / count, 4))
                }
            }
        }
    }

    @Test("moments equal the definition, also where the mean is large", arguments: shapes)
    func moments(_ shape: Shape) {
        let input = numbers(shape.channels * shape.rows * shape.columns, seed: 7).map { $0 + 500 }
        let rows = shape.rows / 3..<shape.rows
        let columns = 0..<max(1, shape.columns * 2 / 3)
        let found = withMap(input, shape) { FeatureStatistics.moments($0, rows: rows, columns: columns) }
        for c in 0..<shape.channels {
            let values = rows.flatMap { y in columns.map { Double(input[(c * shape.rows + y) * shape.columns + $0]) } }
            let mean = values.reduce(0, +) / Double(values.count)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
            #expect(isClose(found[c], mean))
            #expect(abs(Double(found[shape.channels + c]) - variance.squareRoot()) < 1e-3)
        }
    }

    @Test("distances equal the triangle times the difference, shared and by cell", arguments: shapes, [false, true])
    func distances(_ shape: Shape, shared: Bool) {
        let k = shape.channels
        let cells = shape.rows * shape.columns
        let copies = shared ? 1 : cells
        let input = numbers(k * cells, seed: 8)
        let means = numbers(k * copies, seed: 9)
        let factors = numbers(CellGaussian.triangle(k) * copies, seed: 10)
        var gaussian = CellGaussian(dimensions: k, means: means, factors: factors)
        var out: [Float] = []
        withMap(input, shape) { gaussian.distances($0, into: &out) }
        for i in 0..<cells {
            let copy = shared ? 0 : i
            var white = [Double](repeating: 0, count: k)
            var at = copy * CellGaussian.triangle(k)
            for column in 0..<k {
                let difference = Double(input[column * cells + i]) - Double(means[copy * k + column])
                for row in column..<k {
                    white[row] += Double(factors[at]) * difference
                    at += 1
                }
            }
            #expect(isClose(out[i], white.reduce(0) { $0 + $1 * $1 }.squareRoot(), Double(k)))
        }
    }

    @Test("an upsampled map adds the nearest coarse cell", arguments: [(2, 3, 4, 6), (3, 2, 5, 4), (1, 1, 3, 3)])
    func upsampling(coarseRows: Int, coarseColumns: Int, rows: Int, columns: Int) {
        let shape = Shape(channels: 2, rows: coarseRows, columns: coarseColumns)
        let coarse = numbers(2 * coarseRows * coarseColumns, seed: 11)
        let before = numbers(2 * rows * columns, seed: 12)
        var after = before
        withMap(coarse, shape) { FeatureUpsampling.add($0, to: &after, rows: rows, columns: columns) }
        for c in 0..<2 {
            for y in 0..<rows {
                for x in 0..<columns {
                    let at = (c * rows + y) * columns + x
                    let from = (c * coarseRows + y * coarseRows / rows) * coarseColumns + x * coarseColumns / columns
                    #expect(after[at] == before[at] + coarse[from])
                }
            }
        }
        FeatureUpsampling.rectify(&after)
        #expect(after.allSatisfy { $0 >= 0 })
    }

    @Test("cosines, ranges and histograms equal their definitions", arguments: shapes)
    func comparisons(_ shape: Shape) {
        let cells = shape.rows * shape.columns
        let a = numbers(shape.channels * cells, seed: 13)
        var b = numbers(shape.channels * cells, seed: 14)
        for c in 0..<shape.channels { b[c * cells] = 0 }
        let found = withMap(a, shape) { x in withMap(b, shape) { FeatureStatistics.cosines(x, $0) } }
        for i in 0..<cells {
            var (dot, first, second) = (0.0, 0.0, 0.0)
            for c in 0..<shape.channels {
                let (x, y) = (Double(a[c * cells + i]), Double(b[c * cells + i]))
                (dot, first, second) = (dot + x * y, first + x * x, second + y * y)
            }
            let expected = first * second > 0 ? dot / (first * second).squareRoot() : first == second ? 1 : 0
            #expect(abs(Double(found[i]) - expected) < 1e-5)
        }
        var range: (low: Float, high: Float) = (1, 1)
        var histogram = [UInt64](repeating: 0, count: 8)
        a.withUnsafeBufferPointer {
            FeatureStatistics.widen(&range, by: $0)
            FeatureStatistics.count($0, low: -2, high: 2, into: &histogram)
        }
        #expect(range.low == min(1, a.min() ?? 1) && range.high == max(1, a.max() ?? 1))
        var expected = [UInt64](repeating: 0, count: 8)
        for value in a { expected[min(7, max(0, Int(((value + 2) * 2).rounded(.down))))] += 1 }
        #expect(histogram == expected)
    }
}
