import Reporting
import Testing

@Suite struct LogHistogramTests {
    @Test func quantilesAreWithinThreeAndAHalfPercentOfTheExactOnes() throws {
        var state: UInt64 = 9
        var values: [UInt64] = []
        var histogram = LogHistogram()
        for i in 0..<5000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = (state >> 33) >> UInt64(i % 20)
            values.append(value)
            histogram.record(nanoseconds: value)
        }
        values.sort()
        for share in [0.01, 0.5, 0.95, 0.99, 1] {
            let exact = values[max(0, Int((share * 5000).rounded(.up)) - 1)]
            let found = try #require(histogram.quantile(share))
            #expect(found >= exact)
            #expect(Double(found) <= Double(exact) * 1.035 + 1)
        }
    }

    @Test func emptyHasNoQuantile() {
        #expect(LogHistogram().quantile(0.5) == nil)
    }

    @Test func extremesAreCounted() {
        var histogram = LogHistogram()
        histogram.record(nanoseconds: 0)
        histogram.record(nanoseconds: .max)
        #expect(histogram.quantile(0.5) == 0)
        #expect(histogram.quantile(1) == .max)
    }

    @Test func mergingEqualsRecordingTogether() {
        var (a, b, both) = (LogHistogram(), LogHistogram(), LogHistogram())
        for value in stride(from: UInt64(1), to: 100_000, by: 777) {
            if value % 2 == 0 { a.record(nanoseconds: value) } else { b.record(nanoseconds: value) }
            both.record(nanoseconds: value)
        }
        a.merge(b)
        #expect(a == both)
    }
}
