import Foundation
import ModelBundles
import ShrikeCore
import Testing

@Suite struct GoldenSetTests {
    private let box = Box(x: 10, y: 10, width: 20, height: 20)
    private var set: GoldenSet {
        GoldenSet(pictures: [
            .init(file: "golden/1.png", expected: [.init(className: "hot", box: box, score: 0.8)])
        ])
    }

    private func outcome(_ found: [Detection]) -> GoldenOutcome {
        var comparison = GoldenComparison(set, classes: [ClassDefinition(code: "hot", threshold: 0.3)])
        comparison.take(found, on: set.pictures[0])
        return comparison.outcome
    }

    private func detection(_ score: Double, x: Double = 10, className: String = "hot") -> Detection {
        Detection(scene: "s", className: className, score: score, box: Box(x: x, y: 10, width: 20, height: 20))
    }

    private func text(_ outcome: GoldenOutcome) -> String {
        if case .mismatch(let reasons) = outcome { reasons.joined(separator: "; ") } else { "no mismatch" }
    }

    @Test func resultsWithinTheTolerancePass() {
        guard case .passed(1, let worst) = outcome([detection(0.81, x: 10.5), detection(0.31, x: 90)]) else {
            Issue.record("does not pass")
            return
        }
        #expect(abs(worst - 0.01) < 1e-9)
    }

    @Test func everyDifferenceIsTold() {
        #expect(text(outcome([])) == "golden/1.png: hot 0.8 is not found")
        #expect(text(outcome([detection(0.7)])) == "golden/1.png: hot 0.8 has the score 0.7")
        #expect(text(outcome([detection(0.8, x: 14)])).contains("is not found"))
        #expect(text(outcome([detection(0.8, className: "cold")])).contains("hot 0.8 is not found"))
        #expect(text(outcome([detection(0.8), detection(0.6, x: 60)])).contains("hot 0.6 was not expected"))
        #expect(text(outcome([detection(.nan)])).contains("nan"))
        #expect(text(outcome((0..<20).map { detection(0.9, x: 40 + 25 * Double($0)) })).contains("and 16 more"))
    }

    @Test func theDocumentIsReadBackAndItsMistakesNamed() throws {
        #expect(try GoldenSet(set.json, at: "x") == set)
        let text = refusal {
            _ = try GoldenSet(
                JSONValue(parsing: Data(#"{"format":2,"pictures":[{"expected":[{"class":"a","box":[1]}]}]}"#.utf8)),
                at: "x")
        }
        for key in ["format", "pictures[0].file", "pictures[0].expected[0].box"] { #expect(text.contains(key)) }
    }

    @Test func picturesThatAreNotInTheBundleAreRefused() throws {
        let samples = try SampleBundles()
        var draft = BundleDraft(level: .l2, name: "roof", version: "1")
        draft.layers = [set.layer]
        let bundle = try draft.write(to: samples.layout)
        #expect(refusal { _ = try GoldenSet(of: bundle) }.contains("has no golden/1.png"))
    }
}
