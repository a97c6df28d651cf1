import Foundation
import Kernels
import ModelBundles
import SceneTraining
import TestKit
import Testing

@Suite struct NormalityStudyTests {
    private func picture(_ seed: UInt64, cells: Int = 6, odd: Int? = nil) -> [Float] {
        var random = SeededRandom(seed: seed)
        return (0..<cells).flatMap { cell in
            (0..<4).map { channel in
                Float(Double(cell) + random.normal(0.5) * Double(channel + 1) + (cell == odd ? 30 : 0))
            }
        }
    }

    private func study(_ seeds: some Sequence<UInt64>, isMoving: Bool = false) throws -> NormalityStudy {
        var study = NormalityStudy(first: (0..<5).map { picture($0) }, channels: 4, isMoving: isMoving)
        try study.learn(seeds.map { picture($0) })
        return study
    }

    @Test(arguments: [false, true]) func orderForgettingAndMergingLeaveNoTrace(isMoving: Bool) throws {
        let whole = try study(0..<30, isMoving: isMoving)
        #expect(try study((0..<30).reversed(), isMoving: isMoving) == whole)
        var more = try study(0..<40, isMoving: isMoving)
        try more.learn((30..<40).map { picture($0) }, isTakenAway: true)
        #expect(more == whole)
        var joined = try study(0..<11, isMoving: isMoving).sums
        try joined.join(study(11..<30, isMoving: isMoving).sums)
        #expect(joined == whole.sums)
        try joined.separate(study(11..<30, isMoving: isMoving).sums)
        #expect(try joined == study(0..<11, isMoving: isMoving).sums)
    }

    /// Mean, shrunk covariance and distance against the formula in plain loops.
    @Test func distancesAreThoseOfTheFormula() throws {
        let study = try study(0..<20)
        var model = try study.sums.solved()
        let pictures = (0..<20).map { picture(UInt64($0)).map { Double($0) } }
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
        let probe = picture(77, odd: 2)
        let planes = (0..<24).map { probe[($0 % 6) * 4 + $0 / 6] }
        var distances: [Float] = []
        planes.withUnsafeBufferPointer {
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

    @Test func thresholdMeansARateOfFalseAlarms() throws {
        let pictures = (0..<40).map { picture(UInt64($0)) }
        let study = try study(0..<40)
        let peaks = try study.heldBackPeaks(pictures)
        #expect(peaks.count == 40)
        let calibration = try #require(NormalityStudy.calibration(peaks))
        var model = try study.sums.solved()
        func peak(_ probe: [Float]) -> Double {
            let planes = (0..<24).map { probe[($0 % 6) * 4 + $0 / 6] }
            var distances: [Float] = []
            planes.withUnsafeBufferPointer {
                model.distances(FeatureMap($0, channels: 4, rows: 1, columns: 6), into: &distances)
            }
            return Double(distances.max() ?? 0)
        }
        let alarms = (1000..<2000).filter { peak(picture(UInt64($0))) > calibration.center }.count
        #expect(alarms <= 30, "\(alarms) of 1000 normal pictures")
        #expect(peak(picture(5000, odd: 3)) > calibration.center + 4 * calibration.spread)
        #expect(NormalityStudy.calibration([1]) == nil)
        let many = (1...1000).map { Double($0) }
        #expect(abs(try #require(NormalityStudy.calibration(many)).center - 990.5) < 1)
    }

    @Test func tensorsReadBackAndMistakesAreRefused() throws {
        let study = try study(0..<9)
        let file = try TensorFile(TensorFile(tensors: study.sums.tensors("normality")).bytes, at: "test")
        #expect(try CellSums(file, prefix: "normality", at: "test") == study.sums)
        var broken = file
        broken.tensors["normality.sums"] = Tensor([Double](repeating: 0.5, count: 24), shape: [6, 4])
        #expect(throws: TeachingError.self) { try CellSums(broken, prefix: "normality", at: "test") }
        var other = study
        #expect(throws: TeachingError.self) { try other.learn([picture(1, cells: 5)]) }
        #expect(throws: TeachingError.self) { try other.learn((0..<10).map { picture($0) }, isTakenAway: true) }
        #expect(other == study)
        #expect(throws: TeachingError.self) { try self.study(0..<1).tensors() }
    }
}
