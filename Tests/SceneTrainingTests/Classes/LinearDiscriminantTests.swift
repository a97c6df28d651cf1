import SceneTraining
import TestKit
import Testing

@Suite struct LinearDiscriminantTests {
    private func cloud(_ center: [Double], _ count: Int, seed: UInt64) -> [Float] {
        var random = SeededRandom(seed: seed)
        return (0..<count).flatMap { _ in center.map { Float($0 + random.normal(1)) } }
    }

    @Test func tellsCloudsApartAndPrefersTheFrequentInBetween() throws {
        let (left, right) = (cloud([0, 0, 0], 200, seed: 1), cloud([4, 0, 0], 50, seed: 2))
        let scaler = FeatureScaler(samples: left + right, count: 3)
        var sums = ClassSums(scaler: scaler)
        try sums.add(left, of: "a")
        try sums.add(right, of: "b")
        let model = try LinearDiscriminant(sums)
        func best(_ sample: [Float]) throws -> String {
            let scores = model.scores(try scaler.scaled(sample, at: "test"))
            return scores[0] >= scores[1] ? "a" : "b"
        }
        #expect(try best([0, 1, -1]) == "a")
        #expect(try best([4, 1, -1]) == "b")
        #expect(try best([2, 0, 0]) == "a")
        let wrong = try (0..<50).filter { try best(Array(right[3 * $0..<3 * $0 + 3])) != "b" }.count
        #expect(wrong < 8)
    }

    /// Against the textbook form in plain loops.
    @Test func weightsAreThoseOfTheFormula() throws {
        let (left, right) = (cloud([0, 1], 9, seed: 3), cloud([2, 0], 6, seed: 4))
        let scaler = FeatureScaler(samples: left + right, count: 2)
        var sums = ClassSums(scaler: scaler)
        try sums.add(left, of: "a")
        try sums.add(right, of: "b")
        let model = try LinearDiscriminant(sums)
        func rows(_ samples: [Float]) throws -> [[Double]] {
            let scaled = try scaler.scaled(samples, at: "test").map { Double($0) / 1024 }
            return stride(from: 0, to: scaled.count, by: 2).map { [scaled[$0], scaled[$0 + 1]] }
        }
        let groups = [try rows(left), try rows(right)]
        let means = groups.map { group in (0..<2).map { i in group.reduce(0) { $0 + $1[i] } / Double(group.count) } }
        var s = [[0.0, 0.0], [0.0, 0.0]]
        for (group, mean) in zip(groups, means) {
            for row in group {
                for i in 0..<2 { for j in 0..<2 { s[i][j] += (row[i] - mean[i]) * (row[j] - mean[j]) / 13 } }
            }
        }
        let ridge = model.shrinkage * (s[0][0] + s[1][1]) / 2 + 1e-9
        s[0][0] += ridge
        s[1][1] += ridge
        let determinant = s[0][0] * s[1][1] - s[0][1] * s[1][0]
        for (c, mean) in means.enumerated() {
            let x = (s[1][1] * mean[0] - s[0][1] * mean[1]) / determinant
            let y = (s[0][0] * mean[1] - s[1][0] * mean[0]) / determinant
            #expect(abs(model.weights[2 * c] - x) < 1e-9 && abs(model.weights[2 * c + 1] - y) < 1e-9)
        }
        #expect(model.shrinkage == LinearDiscriminant.shrinkage(dimensions: 2, samples: 15))
        #expect(LinearDiscriminant.shrinkage(dimensions: 1568, samples: 100) == 2)
        #expect(LinearDiscriminant.shrinkage(dimensions: 1568, samples: 1_000_000) == 0.1)
    }

    @Test func oneClassAloneIsRefused() throws {
        let samples = cloud([0, 0], 5, seed: 1)
        var sums = ClassSums(scaler: FeatureScaler(samples: samples, count: 2))
        #expect(throws: TeachingError.self) { try LinearDiscriminant(sums) }
        try sums.add(samples, of: "a")
        #expect(throws: TeachingError.self) { try LinearDiscriminant(sums) }
    }

    @Test func sameSamplesEverywhereAreStillSolved() throws {
        let same = [Float](repeating: 3, count: 8)
        var sums = ClassSums(scaler: FeatureScaler(samples: same, count: 2))
        try sums.add(same, of: "a")
        try sums.add(same, of: "b")
        #expect(try LinearDiscriminant(sums).weights.allSatisfy(\.isFinite))
    }
}
