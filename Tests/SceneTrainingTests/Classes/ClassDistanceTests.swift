import SceneTraining
import ShrikeCore
import TestKit
import Testing

@Suite struct ClassDistanceTests {
    private func cloud(_ center: [Double], _ count: Int, seed: UInt64) -> [Float] {
        var random = SeededRandom(seed: seed)
        return (0..<count).flatMap { _ in center.map { Float($0 + random.normal(1)) } }
    }

    /// Against plain loops.
    @Test func isTheNearestMeanInDeviationsWithinClasses() throws {
        let groups = [cloud([0, 1, 5], 9, seed: 3), cloud([2, 0, 5], 6, seed: 4)]
        let scaler = FeatureScaler(samples: groups.flatMap(\.self), count: 3)
        var sums = ClassSums(scaler: scaler)
        try sums.add(groups[0], of: "a")
        try sums.add(groups[1], of: "b")
        let model = ClassDistance(sums)
        let rows = try groups.map { group in
            let scaled = try scaler.scaled(group, at: "test").map { Double($0) / 1024 }
            return stride(from: 0, to: scaled.count, by: 3).map { Array(scaled[$0..<$0 + 3]) }
        }
        let means = rows.map { group in (0..<3).map { i in group.reduce(0) { $0 + $1[i] } / Double(group.count) } }
        var within = [0.0, 0, 0]
        for (group, mean) in zip(rows, means) {
            for row in group { for i in 0..<3 { within[i] += (row[i] - mean[i]) * (row[i] - mean[i]) / 13 } }
        }
        let typical = within.reduce(0, +) / 3
        for i in 0..<3 { #expect(abs(model.within[i] - within[i] - 0.1 * typical) < 1e-9) }
        let sample = try scaler.scaled([7, -3, 4], at: "test")
        let expected = means.map { mean -> Double in
            var sum = 0.0
            for i in 0..<3 {
                let away = Double(sample[i]) / 1024 - mean[i]
                sum += away * away / model.within[i]
            }
            return (sum / 3).squareRoot()
        }
        #expect(abs(model.distance(sample) - (expected.min() ?? 0)) < 1e-9)
    }

    @Test func fewTaughtPicturesAndAllForeignOnesAreUnknown() throws {
        let wide = (0..<20).map { Double($0 % 5) }
        let (left, right) = (cloud(wide, 300, seed: 1), cloud(wide.map { $0 + 2 }, 300, seed: 2))
        let scaler = FeatureScaler(samples: left + right, count: 20)
        var sums = ClassSums(scaler: scaler)
        try sums.add(left, of: "a")
        try sums.add(right, of: "b")
        let model = ClassDistance(sums)
        func distances(_ samples: [Float]) throws -> [Double] {
            let scaled = try scaler.scaled(samples, at: "test")
            return stride(from: 0, to: scaled.count, by: 20).map { model.distance(Array(scaled[$0..<$0 + 20])) }
        }
        let held = try distances(cloud(wide, 200, seed: 5))
        let unknown = try #require(ClassDistance.calibration(held, className: "unknown"))
        let own = try distances(cloud(wide, 2000, seed: 6)).count { $0 > unknown.center }
        #expect(own <= 10, "\(own) of 2000")
        #expect(try distances(cloud(wide.map { $0 - 5 }, 100, seed: 7)).allSatisfy { $0 > unknown.center })
        #expect(ClassDistance.calibration(Array(held.prefix(7)), className: "unknown") == nil)
    }
}
