import Foundation

/// The heads in their plainest form, in double precision, written from the page on layers and not from the product's
/// code.
struct NaiveHeads {
    let fixture: HeadFixture

    /// Mean of each cell of the fine map and its neighbors.
    private func smoothed() -> [[Double]] {
        let map = fixture.fine
        return (0..<map.rows * map.columns).map { cell in
            let (y, x) = (cell / map.columns, cell % map.columns)
            return (0..<map.channels).map { c in
                var values: [Double] = []
                for v in max(0, y - 1)...min(map.rows - 1, y + 1) {
                    for u in max(0, x - 1)...min(map.columns - 1, x + 1) { values.append(map.at(c, v, u)) }
                }
                return values.reduce(0, +) / Double(values.count)
            }
        }
    }

    /// Deviations of each cell of the fine map from the usual distance to a bank.
    func bankDistances() -> [Double] {
        let bank = fixture.values("normality.bank").map { $0 * fixture.values("normality.bank_scale")[0] }
        let (means, deviations) = (fixture.values("normality.cell_mean"), fixture.values("normality.cell_deviation"))
        return smoothed().enumerated().map { cell, vector in
            let distances = stride(from: 0, to: bank.count, by: vector.count).map { start in
                vector.indices.reduce(0) { $0 + (vector[$1] - bank[start + $1]) * (vector[$1] - bank[start + $1]) }
                    .squareRoot()
            }
            return ((distances.min() ?? 0) - means[cell]) / deviations[cell]
        }
    }

    /// By rows: distance of each cell of the fine map.
    func distances() -> [Double] {
        let map = fixture.fine
        let vectors = smoothed()
        let means = fixture.values("normality.mean")
        let factors = fixture.values("normality.factor")
        var out: [Double] = []
        for y in 0..<map.rows {
            for x in 0..<map.columns {
                let cell = y * map.columns + x
                let z = (0..<map.channels).map { vectors[cell][$0] - means[cell * map.channels + $0] }
                var at = cell * 15
                var white = [Double](repeating: 0, count: map.channels)
                for column in 0..<map.channels {
                    for row in column..<map.channels {
                        white[row] += factors[at] * z[column]
                        at += 1
                    }
                }
                out.append(white.reduce(0) { $0 + $1 * $1 }.squareRoot())
            }
        }
        return out
    }

    /// Distance of the whole maps to the nearest class, in deviations within classes.
    func classDistance() -> Double {
        let described = described()
        let (mean, deviation) = (fixture.values("classifier.mean"), fixture.values("classifier.deviation"))
        let (means, within) = (fixture.values("classifier.class_mean"), fixture.values("classifier.within"))
        let squares = (0..<3).map { c in
            described.indices.reduce(0.0) { sum, i in
                let away = (described[i] - mean[i]) / deviation[i] - means[24 * c + i]
                return sum + away * away / within[i]
            }
        }
        return ((squares.min() ?? 0) / 24).squareRoot()
    }

    /// Mean and deviation of every channel.
    private func described() -> [Double] {
        var described: [Double] = []
        for map in [fixture.fine, fixture.coarse] {
            let planes = (0..<map.channels).map { c in
                (0..<map.rows * map.columns).map { map.at(c, $0 / map.columns, $0 % map.columns) }
            }
            let means = planes.map { $0.reduce(0, +) / Double($0.count) }
            described += means
            described += zip(planes, means).map { plane, mean in
                (plane.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(plane.count)).squareRoot()
            }
        }
        return described
    }

    /// Of the whole maps, sharpness 1.5.
    func probabilities() -> [Double] {
        let described = described()
        let (mean, deviation) = (fixture.values("classifier.mean"), fixture.values("classifier.deviation"))
        let x = described.indices.map {
            (described[$0] - mean[$0]) / deviation[$0] / Double(described.count).squareRoot()
        }
        let (weights, bias) = (fixture.values("classifier.weight"), fixture.values("classifier.bias"))
        let scores = (0..<3).map { o in
            exp(1.5 * (bias[o] + zip(weights[(o * 24)...], x).reduce(0) { $0 + $1.0 * $1.1 }))
        }
        return scores.map { $0 / scores.reduce(0, +) }
    }

    struct Candidate {
        var score: Double
        var output: Int
        /// Left, top, right, bottom in pixels of the input.
        var box: [Double]
    }

    /// Every cell of every level, unsuppressed.
    func candidates() -> [Candidate] {
        let d = HeadFixture.width
        var coarse = lateral(fixture.coarse, "boxes.coarse")
        var fine = lateral(fixture.fine, "boxes.fine")
        for c in 0..<d {
            for y in 0..<8 { for x in 0..<12 { fine[c][y][x] += coarse[c][y / 2][x / 2] } }
        }
        let prior = fixture.values("boxes.prior")
        var out: [Candidate] = []
        for (number, stride) in [8.0, 16.0].enumerated() {
            var map = (number == 0 ? fine : coarse).map { $0.map { $0.map { max(0, $0) } } }
            map = tower(map, number == 0 ? "boxes.fine" : "boxes.coarse")
            map = tower(map, "boxes.tower")
            let classes = pointwise(map, "boxes.class")
            let sides = pointwise(map, "boxes.box")
            for y in map[0].indices {
                for x in map[0][0].indices {
                    let (cx, cy) = ((Double(x) + 0.5) * stride, (Double(y) + 0.5) * stride)
                    func side(_ k: Int) -> Double {
                        stride * exp(min(6, max(-6, sides[k][y][x] + prior[2 * number + k % 2])))
                    }
                    let box = [cx - side(0), cy - side(1), cx + side(2), cy + side(3)]
                    for o in 0..<2 {
                        out.append(Candidate(score: 1 / (1 + exp(-classes[o][y][x])), output: o, box: box))
                    }
                }
            }
        }
        coarse = []
        return out
    }

    /// After greedy suppression within classes (overlap above 0.6), best first.
    func boxes(atLeast floor: Double) -> [Candidate] {
        var kept: [Candidate] = []
        for candidate in candidates().filter({ $0.score > floor }).sorted(by: { $0.score > $1.score }) {
            let overlaps = kept.contains { $0.output == candidate.output && Self.overlap($0.box, candidate.box) > 0.6 }
            if !overlaps { kept.append(candidate) }
        }
        return Array(kept.prefix(100))
    }

    private static func overlap(_ a: [Double], _ b: [Double]) -> Double {
        let w = min(a[2], b[2]) - max(a[0], b[0])
        let h = min(a[3], b[3]) - max(a[1], b[1])
        guard w > 0, h > 0 else { return 0 }
        return w * h / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h)
    }

    private func lateral(_ map: HeadFixture.Map, _ prefix: String) -> [[[Double]]] {
        let (mean, deviation) = (fixture.values("\(prefix).mean"), fixture.values("\(prefix).deviation"))
        let scored = (0..<map.channels).map { c in
            (0..<map.rows).map { y in (0..<map.columns).map { (map.at(c, y, $0) - mean[c]) / deviation[c] } }
        }
        return pointwise(scored, "\(prefix).lateral")
    }

    private func pointwise(_ map: [[[Double]]], _ name: String) -> [[[Double]]] {
        let (weights, bias) = (fixture.values("\(name).weight"), fixture.values("\(name).bias"))
        return bias.indices.map { o in
            map[0].indices.map { y in
                map[0][0].indices.map { x in
                    map.indices.reduce(bias[o]) { $0 + weights[o * map.count + $1] * map[$1][y][x] }
                }
            }
        }
    }

    private func tower(_ map: [[[Double]]], _ prefix: String) -> [[[Double]]] {
        let (weights, bias) = (fixture.values("\(prefix).depthwise.weight"), fixture.values("\(prefix).depthwise.bias"))
        let (rows, columns) = (map[0].count, map[0][0].count)
        let deep = map.indices.map { c in
            (0..<rows).map { y in
                (0..<columns).map { x in
                    var sum = bias[c]
                    for v in -1...1 {
                        for u in -1...1 where 0..<rows ~= y + v && 0..<columns ~= x + u {
                            sum += weights[9 * c + 3 * (v + 1) + u + 1] * map[c][y + v][x + u]
                        }
                    }
                    return max(0, sum)
                }
            }
        }
        return pointwise(deep, "\(prefix).pointwise").map { $0.map { $0.map { max(0, $0) } } }
    }
}
