import Evaluation
import TestKit
import Testing

@Suite struct RankingMetricsTests {
    @Test func areaCountsPairsAndTiesHalf() throws {
        var random = SeededRandom(seed: 5)
        for _ in 0..<20 {
            // Few values, so that there are ties.
            let positives = (0..<17).map { _ in Double(Int.random(in: 2...9, using: &random)) }
            let negatives = (0..<23).map { _ in Double(Int.random(in: 0...7, using: &random)) }
            let metrics = RankingMetrics(positives: positives, negatives: negatives)
            var pairs = 0.0
            for p in positives { for n in negatives { pairs += p > n ? 1 : p == n ? 0.5 : 0 } }
            #expect(abs(try #require(metrics.auroc) - pairs / Double(17 * 23)) < 1e-12)
            var precision = 0.0
            for threshold in Set(positives) {
                let found = positives.count { $0 >= threshold }
                let wrong = negatives.count { $0 >= threshold }
                precision += Double(positives.count { $0 == threshold }) * Double(found) / Double(found + wrong)
            }
            #expect(abs(try #require(metrics.averagePrecision) - precision / 17) < 1e-12)
        }
        #expect(RankingMetrics(positives: [1], negatives: []).auroc == nil)
        #expect(RankingMetrics(positives: [], negatives: [1]).averagePrecision == nil)
        #expect(RankingMetrics(positives: [2], negatives: [1]).auroc == 1)
    }

    /// AUPRO against its definition: every threshold, mean share of each region, trapezoids up to 0.3.
    @Test func regionsCountAlikeWhateverTheirSize() throws {
        var random = SeededRandom(seed: 8)
        let pictures = (0..<4).map { number -> ScreeningMetrics.Picture in
            let regions = (0..<100).map { pixel -> Int32 in
                if number == 0 { return 0 }
                if pixel < 3 { return 1 }
                return (40..<40 + 10 * number).contains(pixel) ? 2 : 0
            }
            let map = regions.map { Float(Int.random(in: 0...40, using: &random)) + ($0 > 0 ? 15 : 0) }
            return .init(score: Double(map.max() ?? 0), map: map, regions: regions, isUnusual: number > 0)
        }
        let metrics = ScreeningMetrics(pictures)
        #expect(metrics.usual == 1 && metrics.unusual == 3 && metrics.regions == 6)
        var normal: [Float] = []
        var regions: [[Float]] = []
        for picture in pictures {
            for region in 0...2 as ClosedRange<Int32> {
                let scores = zip(picture.map, picture.regions).filter { $0.1 == region }.map(\.0)
                if region == 0 { normal += scores } else if !scores.isEmpty { regions.append(scores) }
            }
        }
        var points = [(0.0, 0.0)]
        for threshold in Set(pictures.flatMap(\.map)).sorted(by: >) {
            let shares = regions.map { region in Double(region.count { $0 >= threshold }) / Double(region.count) }
            let wrong = Double(normal.count { $0 >= threshold }) / Double(normal.count)
            points.append((wrong, shares.reduce(0, +) / Double(shares.count)))
        }
        var area = 0.0
        for (a, b) in zip(points, points.dropFirst()) where a.0 < 0.3 && b.0 > a.0 {
            let right = min(0.3, b.0)
            let end = a.1 + (b.1 - a.1) * (right - a.0) / (b.0 - a.0)
            area += (right - a.0) * (a.1 + end) / 2
        }
        #expect(abs(try #require(metrics.regionOverlap) - area / 0.3) < 1e-6)
        let found = regions.flatMap(\.self).map { Double($0) }
        let pixels = RankingMetrics(positives: found, negatives: normal.map { Double($0) })
        #expect(abs(try #require(metrics.pixels?.auroc) - #require(pixels.auroc)) < 1e-12)
    }

    @Test func reliabilityIsTheGapBetweenScoreAndTruth() throws {
        let answers = (0..<10).map { (score: 0.95, isRight: $0 < 5) } + (0..<30).map { (score: 0.2, isRight: $0 < 6) }
        let metrics = ReliabilityMetrics(answers)
        #expect(metrics.bins.map(\.count) == [30, 10])
        #expect(abs(try #require(metrics.expectedError) - 0.25 * 0.45) < 1e-12)
        #expect(ReliabilityMetrics([(1, true), (0, false)]).expectedError == 0)
        #expect(ReliabilityMetrics([]).expectedError == nil)
    }

    @Test func forgettingIsHeldAgainstTheBestAndTransferAgainstTheFirst() throws {
        let metrics = ForgettingMetrics([["a": 0.5], ["a": 0.8, "b": 0.6, "c": 0.4], ["a": 0.7, "b": 0.75, "d": 0.9]])
        func near(_ value: Double?, _ expected: Double) -> Bool { abs((value ?? 99) - expected) < 1e-12 }
        #expect(near(metrics.forgetting["a"], 0.1) && near(metrics.transfer["a"], 0.2))
        #expect(near(metrics.forgetting["b"], -0.15) && near(metrics.transfer["b"], 0.15))
        #expect(near(metrics.forgetting["c"], 0.4) && near(metrics.transfer["c"], -0.4))
        #expect(metrics.forgetting["d"] == nil)
        #expect(near(metrics.meanForgetting, 0.35 / 3))
        #expect(ForgettingMetrics([["a": 1]]).meanForgetting == nil)
    }
}
