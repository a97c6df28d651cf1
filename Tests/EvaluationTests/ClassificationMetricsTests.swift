import Evaluation
import Testing

@Suite struct ClassificationMetricsTests {
    /// The figures are those of scikit-learn's `classification_report` for the same lists.
    @Test func figuresAreTheUsualOnes() throws {
        let expected = ["a", "a", "a", "b", "b", "c"]
        let found = ["a", "b", "a", "b", "c", "c"]
        let metrics = ClassificationMetrics(Array(zip(expected, found)))
        #expect(metrics.classes == ["a", "b", "c"])
        #expect(metrics.confusion == [[2, 1, 0], [0, 1, 1], [0, 0, 1]])
        let (accuracy, macroF1) = (try #require(metrics.accuracy), try #require(metrics.macroF1))
        #expect(abs(accuracy - 0.666_666_666_667) < 1e-9)
        #expect(abs(macroF1 - 0.655_555_555_556) < 1e-9)
        let balanced = try #require(metrics.balancedAccuracy)
        #expect(abs(balanced - 0.722_222_222_222) < 1e-9)
    }

    @Test func classThatIsOnlyFoundCountsAsFalseAlarm() throws {
        let metrics = ClassificationMetrics([("a", "a"), ("a", "x")])
        #expect(metrics.macroF1 == 2.0 / 3)
        #expect(metrics.balancedAccuracy == 0.5)
        #expect(ClassificationMetrics([]).accuracy == nil)
    }
}
