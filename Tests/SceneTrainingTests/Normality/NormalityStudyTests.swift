import Foundation
import Integrity
import Kernels
import ModelBundles
import SceneTraining
import TestKit
import Testing

@Suite struct NormalityStudyTests {
    private func vectors(_ seed: UInt64, cells: Int = 6, odd: Int? = nil) -> [Float] {
        var random = SeededRandom(seed: seed)
        return (0..<cells).flatMap { cell in
            (0..<4).map { channel in
                Float(Double(cell) + random.normal(0.5) * Double(channel + 1) + (cell == odd ? 30 : 0))
            }
        }
    }

    private func picture(_ seed: UInt64, cells: Int = 6) -> NormalPicture {
        NormalPicture(
            digest: SHA256Digest(ofUTF8: "\(seed)"), vectors: vectors(seed, cells: cells))
    }

    private func study(_ seeds: some Sequence<UInt64>, isMoving: Bool = false) throws -> NormalityStudy {
        var study = NormalityStudy(
            first: (0..<5).map { picture($0) }, map: .init(rows: 2, columns: 3, channels: 4), isMoving: isMoving)
        try study.learn(seeds.map { picture($0) })
        return study
    }

    private func planes(_ vectors: [Float]) -> [Float] { (0..<24).map { vectors[($0 % 6) * 4 + $0 / 6] } }

    @Test(arguments: [false, true]) func orderForgettingAndMergingLeaveNoTrace(isMoving: Bool) throws {
        let whole = try study(0..<30, isMoving: isMoving)
        #expect(whole.isBank != isMoving)
        #expect(try study((0..<30).reversed(), isMoving: isMoving) == whole)
        #expect(try study((0..<30).reversed(), isMoving: isMoving).tensors() == whole.tensors())
        var more = try study(0..<40, isMoving: isMoving)
        try more.learn((30..<40).map { picture($0) }, isTakenAway: true)
        #expect(more == whole)
        let common = try study(11..<14, isMoving: isMoving)
        var joined = try study(0..<14, isMoving: isMoving)
        try joined.join(study(11..<30, isMoving: isMoving), common: common)
        #expect(joined == whole)
        var sums = joined.sums
        try sums.separate(study(11..<30, isMoving: isMoving).sums)
        #expect(try sums == study(0..<11, isMoving: isMoving).sums)
    }

    @Test func manyPicturesLeaveTheBankAndGiveTheSameGaussianOnEveryWay() throws {
        let many = try study(0..<60)
        #expect(!many.isBank && many.pictures == nil)
        var joined = try study(0..<30)
        #expect(joined.isBank)
        try joined.join(study(30..<60), common: nil)
        #expect(joined == many)
        #expect(try joined.tensors()["normality.mean"]?.shape == [6, 4])
    }

    /// The tensors of a bank against the formula in plain loops.
    @Test func bankKeepsAllWhereItHasRoomAndCalibratesEveryCell() throws {
        let study = try study(0..<8)
        let kept = try #require(study.pictures).inOrder.map(\.vectors)
        let tensors = try study.tensors()
        let bank = try #require(tensors["normality.bank"])
        #expect(bank.shape == [48, 4])
        func distance(_ vector: ArraySlice<Float>, _ pictures: [[Float]]) -> Double {
            var least = Double.infinity
            for picture in pictures {
                for cell in 0..<6 {
                    var sum = 0.0
                    for (a, b) in zip(vector, picture[4 * cell..<4 * cell + 4]) { sum += Double(a - b) * Double(a - b) }
                    least = min(least, sum.squareRoot())
                }
            }
            return least
        }
        let distances = kept.indices.map { index in
            let others = kept.indices.filter { $0 % 4 != index % 4 }.map { kept[$0] }
            return (0..<6).map { distance(kept[index][4 * $0..<4 * $0 + 4], others) }
        }
        let means = (0..<6).map { cell in distances.reduce(0) { $0 + $1[cell] } / 8 }
        let variances = (0..<6).map { cell -> Double in
            let differences = distances.map { $0[cell] - means[cell] }
            return differences.reduce(0) { $0 + $1 * $1 } / 8
        }
        let common = variances.reduce(0, +) / 6
        for cell in 0..<6 {
            let near = (0..<6).filter { abs($0 % 3 - cell % 3) <= 1 }
            let mean = near.reduce(0) { $0 + means[$1] } / Double(near.count)
            let variance = near.reduce(0) { $0 + variances[$1] } / Double(near.count)
            let deviation = ((8 * variance + 5 * common) / 13).squareRoot()
            #expect(abs(Double(try #require(tensors["normality.cell_mean"]).floats[cell]) - mean) < 1e-4)
            #expect(abs(Double(try #require(tensors["normality.cell_deviation"]).floats[cell]) - deviation) < 1e-4)
        }
    }

    /// Mean, shrunk covariance and distance against the formula in plain loops.
    @Test func distancesAreThoseOfTheFormula() throws {
        let study = try study(0..<20)
        var model = try study.sums.solved()
        let pictures = (0..<20).map { vectors(UInt64($0)).map { Double($0) } }
        func vector(_ picture: [Double], _ cell: Int) -> [Double] { Array(picture[4 * cell..<4 * cell + 4]) }
        var covariances: [[[Double]]] = []
        var means: [[Double]] = []
        for cell in 0..<6 {
            let vectors = pictures.map { vector($0, cell) }
            let mean = (0..<4).map { i in vectors.reduce(0) { $0 + $1[i] } / 20 }
            means.append(mean)
            var covariance = [[Double]](repeating: [0, 0, 0, 0], count: 4)
            for vector in vectors {
                for i in 0..<4 {
                    for j in 0..<4 { covariance[i][j] += (vector[i] - mean[i]) * (vector[j] - mean[j]) / 20 }
                }
            }
            covariances.append(covariance)
        }
        var shared = [[Double]](repeating: [0, 0, 0, 0], count: 4)
        for covariance in covariances {
            for i in 0..<4 { for j in 0..<4 { shared[i][j] += covariance[i][j] / 6 } }
        }
        let ridge = 0.01 * (0..<4).reduce(0) { $0 + shared[$1][$1] } / 4
        let probe = vectors(77, odd: 2)
        var distances: [Float] = []
        planes(probe).withUnsafeBufferPointer {
            model.distances(FeatureMap($0, channels: 4, rows: 2, columns: 3), into: &distances)
        }
        for cell in 0..<6 {
            var matrix = shared
            for i in 0..<4 {
                for j in 0..<4 {
                    matrix[i][j] = 0.4 * covariances[cell][i][j] + 0.6 * shared[i][j]
                    if i == j { matrix[i][j] += ridge }
                }
            }
            // Gaussian elimination of matrix x = difference.
            var side = zip(vector(probe.map { Double($0) }, cell), means[cell]).map { $0 - $1 }
            let difference = side
            for i in 0..<4 {
                for r in i + 1..<4 {
                    let factor = matrix[r][i] / matrix[i][i]
                    for c in i..<4 { matrix[r][c] -= factor * matrix[i][c] }
                    side[r] -= factor * side[i]
                }
            }
            for i in (0..<4).reversed() {
                for c in i + 1..<4 { side[i] -= matrix[i][c] * side[c] }
                side[i] /= matrix[i][i]
            }
            let wanted = zip(difference, side).reduce(0) { $0 + $1.0 * $1.1 }.squareRoot()
            // Vectors are rounded to a thousandth of a deviation.
            #expect(abs(Double(distances[cell]) - wanted) < 0.01 * max(1, wanted), "\(cell)")
        }
    }

    @Test(arguments: [40, 80]) func thresholdMeansARateOfFalseAlarms(count: UInt64) throws {
        let study = try study(0..<count)
        #expect(study.isBank == (count == 40))
        let peaks = try study.heldBackPeaks((0..<count).map { picture($0) })
        #expect(peaks.count == count)
        let calibration = try #require(study.calibration(peaks))
        let tensors = try study.tensors()
        func values(_ name: String) throws -> [Float] { try #require(tensors["normality.\(name)"]).floats }
        func peak(_ probe: [Float]) throws -> Double {
            var distances: [Float] = []
            try planes(probe).withUnsafeBufferPointer {
                let map = FeatureMap($0, channels: 4, rows: 2, columns: 3)
                if study.isBank {
                    let scale = try values("bank_scale")[0]
                    var model = CalibratedBank(
                        bank: NeighborBank(dimensions: 4, members: try values("bank").map { $0 * scale }),
                        means: try values("cell_mean"), deviations: try values("cell_deviation"))
                    model.distances(map, into: &distances)
                } else {
                    var model = try study.sums.solved()
                    model.distances(map, into: &distances)
                }
            }
            return Double(distances.max() ?? 0)
        }
        let alarms = try (1000..<2000).filter { try peak(vectors(UInt64($0))) > calibration.center }.count
        #expect(alarms <= 30, "\(alarms) of 1000 normal pictures")
        #expect(try peak(vectors(5000, odd: 3)) > calibration.center + 4 * calibration.spread)
        #expect(study.calibration([1]) == nil)
        let many = (1...1000).map { Double($0) }
        #expect(abs(try #require(study.calibration(many)).center - 990.5) < 1)
    }

    @Test(arguments: [9, 60]) func statisticsReadBackAndMistakesAreRefused(count: UInt64) throws {
        let study = try study(0..<count)
        let file = try TensorFile(TensorFile(tensors: study.statistics).bytes, at: "test")
        #expect(try NormalityStudy(file, at: "test") == study)
        var broken = file
        broken.tensors["normality.sums"] = Tensor([Double](repeating: 0.5, count: 24), shape: [6, 4])
        #expect(throws: TeachingError.self) { try NormalityStudy(broken, at: "test") }
        var other = study
        #expect(throws: TeachingError.self) { try other.learn([picture(1, cells: 5)]) }
        #expect(throws: TeachingError.self) {
            try other.learn((0..<count + 1).map { picture($0) }, isTakenAway: true)
        }
        #expect(other == study)
        #expect(throws: TeachingError.self) { try self.study(0..<1).tensors() }
    }

    @Test func picturesThatDoNotFitTheirSumsAreRefused() throws {
        let file = try TensorFile(TensorFile(tensors: study(0..<9).statistics).bytes, at: "test")
        func expectRefused(_ change: (inout TensorFile) throws -> Void) throws {
            var broken = file
            try change(&broken)
            #expect(throws: TeachingError.self) { try NormalityStudy(broken, at: "test") }
        }
        let vectors = try #require(file.tensors["normality.pictures.vectors"]).floats
        try expectRefused {
            $0.tensors["normality.pictures.vectors"] = Tensor(Array(vectors.dropLast(24)), shape: [8, 2, 3, 4])
        }
        try expectRefused { $0.tensors["normality.pictures.vectors"] = Tensor(vectors, shape: [9, 24]) }
        try expectRefused { $0.tensors["normality.pictures.vectors"] = Tensor(vectors, shape: [9, 2, 4, 3]) }
        try expectRefused {
            $0.tensors["normality.pictures.vectors"] =
                Tensor([.nan] + vectors.dropFirst(), shape: [9, 2, 3, 4])
        }
        try expectRefused { $0.tensors["normality.pictures.digests"] = nil }
        try expectRefused {
            let digests = try #require($0.tensors["normality.pictures.digests"])
            let first = digests.doubles.prefix(71).map { Int8($0) }
            $0.tensors["normality.pictures.digests"] = Tensor(
                (0..<9).flatMap { _ in first }, shape: [9, 71])
        }
    }
}
