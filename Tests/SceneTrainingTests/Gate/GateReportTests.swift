import Evaluation
import SceneTraining
import Testing

@Suite struct GateReportTests {
    private func outcomes(_ answers: [(String?, String?)]) -> [PictureOutcome] {
        answers.enumerated().map { PictureOutcome(name: "p\($0)", expected: $1.0, found: $1.1) }
    }

    @Test func classThatLosesMoreThanTheToleranceIsRefused() {
        let before = outcomes([("crack", "crack"), ("crack", "crack"), ("rust", "rust"), (nil, nil)])
        let after = outcomes([("crack", "crack"), ("crack", nil), ("rust", "rust"), (nil, nil)])
        let report = GateReport(before: before, after: after, known: ["crack", "rust"], tolerance: 0.05)
        #expect(!report.isPassed)
        #expect(report.worse.map(\.name) == ["crack"])
        #expect(report.changedPictures == ["p1"])
        #expect(report.weakest?.name == "crack")
        #expect(GateReport(before: before, after: after, known: ["crack"], tolerance: 0.5).isPassed)
    }

    @Test func falseAlarmsCountAgainstTheirClass() {
        let before = outcomes([("rust", "rust"), (nil, nil), (nil, nil)])
        let after = outcomes([("rust", "rust"), (nil, "rust"), (nil, "rust")])
        let report = GateReport(before: before, after: after, known: ["rust"], tolerance: 0.05)
        #expect(report.worse.map(\.name) == ["rust"])
    }

    @Test func newClassHasNothingToLose() {
        let before = outcomes([("rust", "rust"), ("hole", nil)])
        let after = outcomes([("rust", "rust"), ("hole", nil)])
        let report = GateReport(before: before, after: after, known: ["rust"], tolerance: 0)
        #expect(report.isPassed)
        #expect(report.classes.first { $0.name == "hole" }?.before == nil)
        #expect(GateReport(before: nil, after: after, known: [], tolerance: 0).isPassed)
    }

    @Test func intervalIsWilsons() {
        // Wilson's interval of 8 in 10, as R's prop.test(8, 10, correct = FALSE) prints it.
        let interval = ProportionInterval(successes: 8, trials: 10)
        #expect(abs(interval.lower - 0.4901625) < 1e-6)
        #expect(abs(interval.upper - 0.9433178) < 1e-6)
        #expect(ProportionInterval(successes: 0, trials: 0) == ProportionInterval(successes: 0, trials: 0))
        #expect(ProportionInterval(successes: 0, trials: 5).lower == 0)
    }
}
