import Evaluation
import Reporting
import ShrikeCore

/// Figures of versions of a scene on the same pictures, oldest first: what was forgotten.
struct EvaluationVersions: Sendable {
    private let measured: [EvaluationMeasures]
    private let forgetting: ForgettingMetrics

    /// - Precondition: at least one.
    init(_ measured: [EvaluationMeasures]) {
        precondition(!measured.isEmpty, "a version")
        (self.measured, forgetting) = (measured, ForgettingMetrics(measured.map(\.figures)))
    }

    var last: EvaluationMeasures { measured[measured.count - 1] }
    private var isCompared: Bool { measured.count > 1 }

    var json: [String: JSONValue] {
        guard isCompared else { return [:] }
        let before = measured.dropLast().map { JSONValue.object($0.json) }
        return ["before": .array(Array(before)), "forgetting": forgetting.json]
    }

    var tables: [EvaluationPage.Table] {
        guard isCompared else { return [] }
        let names = Set(measured.flatMap(\.figures.keys)).sorted()
        let columns = ["class"] + measured.map { "\($0.lineage.scene.name):\($0.lineage.scene.version)" }
        return [
            .init(
                title: "Versions", columns: columns + ["forgotten", "transfer"],
                rows: names.map { name in
                    [name] + measured.map { EvaluationMeasures.text($0.figures[name]) } + [
                        EvaluationMeasures.text(forgetting.forgetting[name]),
                        EvaluationMeasures.text(forgetting.transfer[name]),
                    ]
                })
        ]
    }

    var text: [String] {
        guard isCompared else { return [] }
        return tables.flatMap(EvaluationMeasures.lines) + [
            "forgotten on average \(EvaluationMeasures.text(forgetting.meanForgetting)), backward transfer "
                + EvaluationMeasures.text(forgetting.backwardTransfer)
        ]
    }
}
