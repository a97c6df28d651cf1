import Evaluation
import ShrikeCore

/// Figures of an evaluation as tables for people.
enum EvaluationText {
    static func text(_ metrics: DetectionMetrics, _ dataset: LabeledDataset) -> String {
        func row(_ name: String, _ m: DetectionMetrics.ClassMetrics) -> String {
            line(name, [Double(m.labels), m.averagePrecision50, m.averagePrecision, m.precision, m.recall])
        }
        var lines = ["class                 labels     AP50  AP50:95 precision    recall"]
        for (name, figures) in metrics.classes.sorted(by: { $0.key < $1.key }) { lines.append(row(name, figures)) }
        lines.append(row("all", metrics.total))
        lines.append(
            "mAP50 \(figure(metrics.meanAveragePrecision50)), mAP50:95 \(figure(metrics.meanAveragePrecision)); "
                + "precision and recall at score "
                + JSONValue.number(metrics.scoreThreshold, decimals: 2).canonicalText
                + "; \(dataset.pictures.count) pictures")
        return lines.joined(separator: "\n")
    }

    static func text(_ metrics: ClassificationMetrics) -> String {
        var lines = ["class                pictures    recall precision        F1"]
        for (position, name) in metrics.classes.enumerated() {
            lines.append(
                line(
                    name,
                    [
                        Double(metrics.support(position)), metrics.recall(position), metrics.precision(position),
                        metrics.f1(position),
                    ]))
        }
        lines.append(
            "accuracy \(figure(metrics.accuracy)), macro-F1 \(figure(metrics.macroF1)), balanced accuracy "
                + "\(figure(metrics.balancedAccuracy)); \(metrics.count) pictures")
        return lines.joined(separator: "\n")
    }

    private static func line(_ name: String, _ values: [Double?]) -> String {
        name + String(repeating: " ", count: max(0, 18 - name.count))
            + values.map { value in
                let text = figure(value)
                return String(repeating: " ", count: max(1, 10 - text.count)) + text
            }.joined()
    }

    private static func figure(_ value: Double?) -> String {
        value.map { JSONValue.number($0, decimals: 3).canonicalText } ?? "-"
    }
}
