import Evaluation
import Foundation
import ShrikeCore
import Testing

@Suite struct DetectionMetricsTests {
    private struct Golden: Decodable {
        struct Found: Decodable {
            var imageID: Int
            var categoryID: Int
            var bbox: [Double]
            var score: Double

            enum CodingKeys: String, CodingKey {
                case bbox, score
                case imageID = "image_id"
                case categoryID = "category_id"
            }
        }
        var detections: [Found]
        /// Of pycocotools; -1 where there is no label.
        var stats: [Double]
    }

    private static let golden = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "fixtures/evaluation/golden.json")

    @Test func equalsPycocotoolsOnRandomSets() throws {
        let data = try Data(contentsOf: Self.golden)
        let sets = try JSONDecoder().decode([Golden].self, from: data)
        let truths = try #require(JSONSerialization.jsonObject(with: data) as? [[String: Any]])
        #expect(sets.count == 3)
        for (set, whole) in zip(sets, truths) {
            let file = FileManager.default.temporaryDirectory.appending(path: "coco-\(UUID().uuidString).json")
            defer { try? FileManager.default.removeItem(at: file) }
            try JSONSerialization.data(withJSONObject: try #require(whole["truth"])).write(to: file)
            let dataset = try LabelReader.read(file)
            var detections = [[ScoredBox]](repeating: [], count: dataset.pictures.count)
            for found in set.detections {
                detections[found.imageID - 1].append(
                    ScoredBox(
                        className: dataset.classes[found.categoryID - 1], score: found.score,
                        box: Box(x: found.bbox[0], y: found.bbox[1], width: found.bbox[2], height: found.bbox[3])))
            }
            let metrics = DetectionMetrics(dataset, detections: detections)
            #expect(abs(try #require(metrics.meanAveragePrecision) - set.stats[0]) < 1e-6)
            #expect(abs(try #require(metrics.meanAveragePrecision50) - set.stats[1]) < 1e-6)
            #expect(set.stats.count == 12)
            for (figure, expected) in zip(metrics.summary.figures, set.stats) {
                #expect(abs((figure.value ?? -1) - expected) < 1e-6, "\(figure.name)")
            }
        }
    }

    private let one = LabeledDataset(
        classes: ["crack", "rust"],
        pictures: [
            .init(
                fileName: "a.jpg", labels: [.init(className: "crack", box: Box(x: 10, y: 10, width: 100, height: 100))])
        ])

    @Test func perfectDetectionsScoreOne() {
        let metrics = DetectionMetrics(
            one, detections: [[.init(className: "crack", score: 0.9, box: Box(x: 10, y: 10, width: 100, height: 100))]])
        let precision = metrics.meanAveragePrecision ?? 0
        #expect(abs(precision - 1) < 1e-9)
        #expect(metrics.total.precision == 1)
        #expect(metrics.total.recall == 1)
        #expect(metrics.classes["rust"]?.averagePrecision == nil, "a class without labels has no precision")
    }

    @Test func precisionAndRecallHonorTheThreshold() {
        let found: [ScoredBox] = [
            .init(className: "crack", score: 0.4, box: Box(x: 10, y: 10, width: 100, height: 100)),
            .init(className: "crack", score: 0.8, box: Box(x: 300, y: 300, width: 50, height: 50)),
        ]
        let strict = DetectionMetrics(one, detections: [found], scoreThreshold: 0.5).total
        #expect(strict.precision == 0)
        #expect(strict.recall == 0)
        let loose = DetectionMetrics(one, detections: [found], scoreThreshold: 0.3).total
        #expect(loose.precision == 0.5)
        #expect(loose.recall == 1)
    }

    @Test func nothingFoundIsZeroAndNotAnError() {
        let metrics = DetectionMetrics(one, detections: [])
        #expect(metrics.meanAveragePrecision == 0)
        #expect(metrics.total.recall == 0)
        #expect(metrics.total.precision == nil)
    }
}
