public import ShrikeCore

/// How well boxes agree with labels: COCO average precision, and precision and recall at one threshold.
///
/// Method: T.-Y. Lin et al., COCO detection evaluation, box IoU, at most 100 detections per picture and class, precision
/// sampled at 101 recalls; equal to `pycocotools` on the same boxes.
public struct DetectionMetrics: Hashable, Sendable {
    public struct ClassMetrics: Hashable, Sendable {
        /// Labels that are no crowds.
        public var labels: Int
        public var detections: Int
        /// At IoU 0.5; nil where there is no label.
        public var averagePrecision50: Double?
        /// Mean over IoU 0.50, 0.55 ... 0.95; nil where there is no label.
        public var averagePrecision: Double?
        /// At IoU 0.5 and the score threshold.
        public var truePositives: Int
        public var falsePositives: Int
        /// At IoU 0.5.
        public var curve: PrecisionCurve

        public var precision: Double? {
            let all = truePositives + falsePositives
            return all > 0 ? Double(truePositives) / Double(all) : nil
        }

        public var recall: Double? { labels > 0 ? Double(truePositives) / Double(labels) : nil }
    }

    public var classes: [String: ClassMetrics]
    /// COCO's twelve figures.
    public var summary: COCOSummary
    /// Of scores, at IoU 0.5.
    public var reliability: ReliabilityMetrics
    public var scoreThreshold: Double

    /// COCO's ten IoU thresholds.
    public static let overlaps = (0..<10).map { 0.5 + 0.05 * Double($0) }
    static let maximumDetections = 100

    /// - Parameter detections: by position of the picture; classes that the labels do not have are left out.
    public init(_ dataset: LabeledDataset, detections: [[ScoredBox]], scoreThreshold: Double = 0.5) {
        self.scoreThreshold = scoreThreshold
        var matches: [String: [PictureMatch]] = [:]
        for name in Set(dataset.classes) {
            matches[name] = dataset.pictures.enumerated().map { i, picture in
                PictureMatch(
                    labels: picture.labels.filter { $0.className == name },
                    detections: (i < detections.count ? detections[i] : []).filter { $0.className == name })
            }
        }
        classes = matches.mapValues { Self.metrics($0, scoreThreshold: scoreThreshold) }
        let sorted = matches.sorted { $0.key < $1.key }.map(\.value)
        summary = COCOSummary(sorted)
        reliability = ReliabilityMetrics(
            sorted.flatMap { $0.flatMap { $0.outcomes(overlap: 0.5) } }.filter { !$0.isIgnored }
                .map { ($0.score, $0.isMatched) })
    }

    /// Mean over the classes that have labels; nil where none has.
    public var meanAveragePrecision50: Double? { Self.mean(classes.values.compactMap(\.averagePrecision50)) }
    public var meanAveragePrecision: Double? { Self.mean(classes.values.compactMap(\.averagePrecision)) }

    /// Over all classes together.
    public var total: ClassMetrics {
        var total = ClassMetrics(
            labels: 0, detections: 0, averagePrecision50: meanAveragePrecision50,
            averagePrecision: meanAveragePrecision,
            truePositives: 0, falsePositives: 0, curve: PrecisionCurve(outcomes: [], labels: 0))
        for metrics in classes.values {
            total.labels += metrics.labels
            total.detections += metrics.detections
            total.truePositives += metrics.truePositives
            total.falsePositives += metrics.falsePositives
        }
        return total
    }

    public var json: JSONValue {
        .object([
            "score_threshold": .number(scoreThreshold, decimals: 4), "total": Self.json(total),
            "coco": summary.json, "reliability": reliability.json, "classes": .object(classes.mapValues(Self.json)),
        ])
    }

    private static func json(_ metrics: ClassMetrics) -> JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0, decimals: 6) } ?? .null }
        return .object([
            "labels": .integer(Int64(metrics.labels)), "detections": .integer(Int64(metrics.detections)),
            "map50": number(metrics.averagePrecision50), "map50_95": number(metrics.averagePrecision),
            "precision": number(metrics.precision), "recall": number(metrics.recall),
        ])
    }

    private static func metrics(_ pictures: [PictureMatch], scoreThreshold: Double) -> ClassMetrics {
        let labels = pictures.reduce(0) { $0 + $1.labelCount() }
        let outcomes = overlaps.map { overlap in pictures.flatMap { $0.outcomes(overlap: overlap) } }
        let curves = outcomes.map { PrecisionCurve(outcomes: $0, labels: labels) }
        let sure = outcomes[0].filter { $0.score >= scoreThreshold && !$0.isIgnored }
        return ClassMetrics(
            labels: labels, detections: pictures.reduce(0) { $0 + $1.detectionCount },
            averagePrecision50: labels > 0 ? curves[0].averagePrecision : nil,
            averagePrecision: labels > 0 ? mean(curves.map(\.averagePrecision)) : nil,
            truePositives: sure.count(where: \.isMatched), falsePositives: sure.count { !$0.isMatched },
            curve: curves[0])
    }

    /// The sum is taken in sorted order, so that it does not depend on the order of a dictionary.
    static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted().reduce(0, +) / Double(values.count)
    }
}
