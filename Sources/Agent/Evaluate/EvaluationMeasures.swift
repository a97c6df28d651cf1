import Evaluation
import Reporting
import ShrikeCore

/// Figures of one scene on labelled pictures: those of its kind of answers, for programs, terminals and pages.
struct EvaluationMeasures: Sendable {
    let lineage: Lineage
    let labels: Int
    /// The scene only tells what is usual from what is not.
    private let isScreen: Bool
    private(set) var detection: DetectionMetrics?
    private(set) var classification: ClassificationMetrics?
    private(set) var reliability: ReliabilityMetrics?
    private(set) var screening: ScreeningMetrics?
    /// Of usual and of unusual pictures, those in which something is found.
    private(set) var falseAlarms: (found: Int, of: Int)?
    private(set) var alarms: (found: Int, of: Int)?
    /// By class that the scene knows: AP50, or F1 for classes of whole pictures.
    private(set) var figures: [String: Double] = [:]

    init(_ look: SceneLook, scoreThreshold: Double) {
        lineage = look.scene.lineage
        let dataset = look.pictures.dataset
        labels = dataset.labelCount
        isScreen = LabeledPictures.isScreen(look.scene.definition)
        if !look.screening.isEmpty { screen(look, scoreThreshold) }
        if look.pictures.isClasses {
            classify(look)
        } else {
            let metrics = DetectionMetrics(dataset, detections: look.detections, scoreThreshold: scoreThreshold)
            (detection, reliability) = (metrics, metrics.reliability)
            figures = metrics.classes.compactMapValues(\.averagePrecision50)
        }
        figures = figures.filter { look.scene.definition.classDefinition($0.key) != nil }
    }

    private mutating func screen(_ look: SceneLook, _ threshold: Double) {
        screening = ScreeningMetrics(look.screening)
        let alarmed = look.screening.indices.filter { look.detections[$0].contains { $0.score >= threshold } }
        let right = alarmed.count { look.screening[$0].isUnusual }
        (alarms, falseAlarms) = (
            (right, look.screening.count(where: \.isUnusual)),
            (alarmed.count - right, look.screening.count { !$0.isUnusual })
        )
    }

    /// The strongest finding of a picture is its class; a class the scene does not report is nothing to report.
    private mutating func classify(_ look: SceneLook) {
        let normal = HeadSettings.Classifier.normal
        var answers: [(expected: String, found: String)] = []
        var scores: [(score: Double, isRight: Bool)] = []
        for (picture, detections) in zip(look.pictures.dataset.pictures, look.detections) {
            let code = ClassDefinition.code(from: picture.className ?? normal)
            let expected = look.scene.definition.classDefinition(code) == nil ? normal : code
            let best = detections.max { $0.score < $1.score }
            answers.append((expected, best?.className ?? normal))
            if let best { scores.append((best.score, best.className == expected)) }
        }
        let metrics = ClassificationMetrics(answers)
        (classification, reliability) = (metrics, ReliabilityMetrics(scores))
        for (position, name) in metrics.classes.enumerated() where metrics.support(position) > 0 {
            figures[name] = metrics.f1(position)
        }
    }

    var figure: Double? {
        if isScreen { return screening?.pictures.auroc }
        return detection?.meanAveragePrecision50 ?? classification?.macroF1
    }

    var json: [String: JSONValue] {
        var fields: [String: JSONValue] = ["scene": lineage.scene.json]
        fields["metrics"] = detection?.json
        fields["classification"] = classification?.json
        if classification != nil { fields["reliability"] = reliability?.json }
        fields["screening"] = screening?.json
        for (name, counted) in [("alarms", alarms), ("false_alarms", falseAlarms)] {
            fields[name] = counted.map {
                .object(["found": .integer(Int64($0.found)), "of": .integer(Int64($0.of))])
            }
        }
        return fields
    }

    /// Lines for a terminal.
    var text: [String] {
        var lines: [String] = []
        if let screening {
            lines.append(
                "pictures: AUROC \(Self.text(screening.pictures.auroc)), AP \(Self.text(screening.pictures.averagePrecision)) "
                    + "(\(screening.unusual) unusual, \(screening.usual) usual)")
            if let pixels = screening.pixels, screening.regions > 0 {
                lines.append(
                    "pixels: AUROC \(Self.text(pixels.auroc)), AUPRO \(Self.text(screening.regionOverlap)) (\(screening.regions) regions)"
                )
            }
            for (name, counted) in [("unusual", alarms), ("usual", falseAlarms)] {
                guard let counted, counted.of > 0 else { continue }
                let interval = ProportionInterval(successes: counted.found, trials: counted.of)
                lines.append(
                    "something found in \(counted.found) of \(counted.of) \(name) pictures (95 %: "
                        + "\(Self.text(interval.lower)) to \(Self.text(interval.upper)))")
            }
        }
        for table in tables where table.title != Self.screeningTitle { lines += Self.lines(table) }
        if let detection {
            lines.append(
                "mAP50 \(Self.text(detection.meanAveragePrecision50)), mAP50:95 \(Self.text(detection.meanAveragePrecision)); "
                    + "precision and recall at score \(Self.text(detection.scoreThreshold))")
        }
        if let classification {
            lines.append(
                "accuracy \(Self.text(classification.accuracy)), macro-F1 \(Self.text(classification.macroF1)), balanced accuracy "
                    + "\(Self.text(classification.balancedAccuracy)); \(classification.count) pictures")
        }
        if let error = reliability?.expectedError { lines.append("calibration error of scores \(Self.text(error))") }
        return lines
    }

    private static let screeningTitle = "Usual or not"

    var tables: [EvaluationPage.Table] {
        var tables: [EvaluationPage.Table] = []
        if let screening {
            let rows = [
                ("AUROC of pictures", screening.pictures.auroc),
                ("AP of pictures", screening.pictures.averagePrecision),
                ("AUROC of pixels", screening.pixels?.auroc), ("AUPRO of regions", screening.regionOverlap),
            ]
            tables.append(
                .init(
                    title: Self.screeningTitle, columns: ["figure", "value"],
                    rows: rows.filter { $0.1 != nil }.map { [$0.0, Self.text($0.1)] }))
        }
        if let detection {
            let names = detection.classes.keys.sorted()
            tables.append(
                .init(
                    title: "Classes", columns: ["class", "labels", "AP50", "AP50:95", "precision", "recall"],
                    rows: (names.map { ($0, detection.classes[$0] ?? detection.total) } + [("all", detection.total)])
                        .map { name, m in
                            [name, String(m.labels)]
                                + [m.averagePrecision50, m.averagePrecision, m.precision, m.recall].map(Self.text)
                        }))
            tables.append(
                .init(
                    title: "COCO", columns: detection.summary.figures.map(\.name),
                    rows: [detection.summary.figures.map { Self.text($0.value) }]))
        }
        if let classification {
            tables.append(
                .init(
                    title: "Classes", columns: ["class", "pictures", "recall", "precision", "F1"],
                    rows: classification.classes.indices.map { position in
                        [classification.classes[position], String(classification.support(position))]
                            + [
                                classification.recall(position), classification.precision(position),
                                classification.f1(position),
                            ].map(Self.text)
                    }))
        }
        return tables
    }

    var plots: [EvaluationPage.Plot] {
        var plots: [EvaluationPage.Plot] = []
        if let detection {
            let lines = detection.classes.sorted { $0.key < $1.key }.filter { $0.value.labels > 0 }.map { name, m in
                EvaluationPage.Plot.Line(
                    name: "\(name) \(Self.text(m.averagePrecision50))",
                    points: m.curve.precisions.enumerated().map { (Double($0.offset) / 100, $0.element) })
            }
            plots.append(
                .init(title: "Precision and recall, IoU 0.5", horizontal: "recall", vertical: "precision", lines: lines)
            )
        }
        if let screening {
            var lines = [Self.line("pictures \(Self.text(screening.pictures.auroc))", screening.pictures)]
            if let pixels = screening.pixels, screening.regions > 0 {
                lines.append(Self.line("pixels \(Self.text(pixels.auroc))", pixels))
            }
            plots.append(
                .init(
                    title: "Found against false alarms", horizontal: "false positive rate",
                    vertical: "true positive rate", lines: lines, showsDiagonal: true))
        }
        if let reliability, let error = reliability.expectedError {
            let points = reliability.bins.map { (x: $0.score, y: $0.share) }
            plots.append(
                .init(
                    title: "Calibration", horizontal: "score", vertical: "share that is right",
                    lines: [.init(name: "error \(Self.text(error))", points: points, hasMarks: true)],
                    showsDiagonal: true))
        }
        return plots
    }

    private static func line(_ name: String, _ metrics: RankingMetrics) -> EvaluationPage.Plot.Line {
        .init(name: name, points: metrics.curve.map { ($0.falseRate, $0.trueRate) })
    }

    var matrices: [EvaluationPage.Matrix] {
        classification.map {
            [.init(title: "Right class (rows) and found class", names: $0.classes, counts: $0.confusion)]
        } ?? []
    }

    static func text(_ value: Double?) -> String {
        value.map { JSONValue.number($0, decimals: 3).canonicalText } ?? "-"
    }

    /// A table in columns of one width; the first is left-aligned.
    static func lines(_ table: EvaluationPage.Table) -> [String] {
        let all = [table.columns] + table.rows
        let widths = table.columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }.joined(separator: "  ")
        }
    }
}
