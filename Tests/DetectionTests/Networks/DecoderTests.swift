import Detection
import Foundation
import Inference
import ShrikeCore
import TestKit
import Testing

/// Tiny networks that give known numbers, through the whole detector: a gray picture of 200 x 100 pixels, an input of
/// 64 x 64, three classes.
@Suite("Decoders", .enabled(if: InstalledEngines.any, "needs OpenVINO or ONNX Runtime"))
struct DecoderTests {
    static let cells = 84  // of strides 8, 16 and 32

    /// The picture's box (50, 20)...(150, 80) in the input: scale 0.32, in the middle, so 16 pixels down.
    static let centered: [Float] = [32, 32, 32, 19.2]
    /// The same for a picture that is stretched: fractions.
    static let stretched: [Float] = [0.5, 0.5, 0.5, 0.6]
    static let expected = Box(x: 50, y: 20, width: 100, height: 60)

    static func rows(_ count: Int, _ width: Int, _ filled: [Int: [Float]]) -> [Float] {
        (0..<count).flatMap { filled[$0] ?? [Float](repeating: 0, count: width) }
    }

    static func columns(_ rows: [Float], _ width: Int) -> [Float] {
        let count = rows.count / width
        return (0..<width).flatMap { column in (0..<count).map { rows[$0 * width + column] } }
    }

    private func detections(
        _ writer: ONNXWriter, decoder: String = "auto", expecting name: DecoderName,
        classes: [String] = ["a", "b", "c"]
    ) throws -> [Detection] {
        let file = FileManager.default.temporaryDirectory.appending(path: "shrike-\(UUID().uuidString).onnx")
        try writer.bytes().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let scene = SceneDefinition(
            name: "tiny", version: "1", kind: .detector,
            classes: classes.map { ClassDefinition(code: $0, threshold: 0.5) },
            detector: DetectorSettings(decoder: decoder), persistence: Persistence(hysteresis: 0))
        let detector = try NetworkDetector.load(scene: scene, networkPath: file.path)
        #expect(detector.decoderName == name)
        return try detector.makeWorker().detect(TinyFrame.gray(width: 200, height: 100))
    }

    private func expectOne(_ found: [Detection], score: Double, className: String = "b", box: Box = expected) {
        #expect(found.count == 1)
        for detection in found {
            #expect(detection.className == className)
            #expect(abs(detection.score - score) < 1e-4)
            let pairs = zip(
                [detection.box.x, detection.box.y, detection.box.width, detection.box.height],
                [box.x, box.y, box.width, box.height])
            for (a, b) in pairs { #expect(abs(a - b) < 1e-3, "\(detection.box)") }
        }
    }

    @Test("YOLOv5: score is objectness times class, a weaker copy is suppressed, another class is not")
    func yolov5() throws {
        let shifted: [Float] = [33, 32, 32, 19.2]
        let values = Self.rows(
            3 * Self.cells, 8,
            [
                7: Self.centered + [0.9, 0.1, 0.8, 0.2], 8: shifted + [0.8, 0, 0.8, 0],
                250: shifted + [0.9, 0.9, 0, 0],
                100: Self.centered + [0.4, 0, 0.9, 0],
            ])
        let found = try detections(
            ONNXWriter(input: [1, 3, 64, 64], outputs: [.init("output", [1, 3 * Self.cells, 8], values)]),
            expecting: .yolov5)
        #expect(found.map(\.className) == ["a", "b"])
        expectOne(found.filter { $0.className == "b" }, score: 0.72)
    }

    @Test("YOLOv8: attributes in rows or in columns", arguments: [true, false])
    func yolov8(attributesFirst: Bool) throws {
        let values = Self.rows(Self.cells, 7, [40: Self.centered + [0.1, 0.75, 0.2]])
        var writer = ONNXWriter(
            input: [1, 3, 64, 64],
            outputs: [
                attributesFirst
                    ? .init("output0", [1, 7, Self.cells], Self.columns(values, 7))
                    : .init("output0", [1, Self.cells, 7], values)
            ])
        writer.metadata = ["names": "{0: 'a', 1: 'b', 2: 'c'}", "task": "detect"]
        expectOne(try detections(writer, expecting: .yolov8), score: 0.75)
    }

    @Test("classes are joined by name where the network names them, in any order, leaving out the others")
    func classNames() throws {
        let values = Self.rows(Self.cells, 7, [40: Self.centered + [0.1, 0.75, 0.2], 1: [8, 32, 8, 8, 0.9, 0, 0]])
        var writer = ONNXWriter(
            input: [1, 3, 64, 64], outputs: [.init("output0", [1, 7, Self.cells], Self.columns(values, 7))])
        writer.metadata = ["names": "{0: 'Unwanted', 1: 'Broken disc', 2: \"c\"}"]
        let found = try detections(writer, expecting: .yolov8, classes: ["c", "broken_disc"])
        expectOne(found, score: 0.75, className: "broken_disc")
    }

    @Test("exports that select themselves are read without suppression")
    func endToEnd() throws {
        let corner: [Float] = [16, 22.4, 48, 41.6]
        let values = Self.rows(300, 6, [0: corner + [0.8, 1], 1: corner + [0.7, 1], 2: corner + [0.6, 7]])
        let found = try detections(
            ONNXWriter(input: [1, 3, 64, 64], outputs: [.init("output0", [1, 300, 6], values)]), expecting: .yolov8)
        #expect(found.count == 2)
        expectOne(Array(found.prefix(1)), score: 0.8)
    }

    @Test("YOLOX: cells and logarithms are decoded, the picture lies at the top left")
    func yolox() throws {
        // The box's center is at (32, 16) in the input: cell (2, 1) of stride 16, whose grid follows 64 cells of
        // stride 8.
        let raw: [Float] = [0, 0, log(2), log(1.2), 0.9, 0, 0.8, 0]
        let values = Self.rows(Self.cells, 8, [64 + 1 * 4 + 2: raw])
        let found = try detections(
            ONNXWriter(input: [1, 3, 64, 64], outputs: [.init("output", [1, Self.cells, 8], values)]), expecting: .yolox
        )
        expectOne(found, score: 0.72)
    }

    @Test("YOLOX exported with its decoding inside is told by its values")
    func decodedYOLOX() throws {
        let values = Self.rows(
            Self.cells, 8, [70: [32, 16, 32, 19.2, 0.9, 0, 0.8, 0], 83: [60, 60, 9, 9, 0, 0, 0, 0]])
        let found = try detections(
            ONNXWriter(input: [1, 3, 64, 64], outputs: [.init("output", [1, Self.cells, 8], values)]), expecting: .yolox
        )
        expectOne(found, score: 0.72)
    }

    @Test("FastestDet: offsets through tanh, sizes through the logistic function")
    func fastestDet() throws {
        // Center (0.5, 0.5) of 4 x 4 cells: cell (1, 1) plus tanh(x) = 0.96, and so exactly with the inverse.
        let offset = Float(atanh(0.96))
        let width = Float(0)
        let height = Float(log(0.6 / 0.4))
        var planes = [Float](repeating: 0, count: 8 * 16)
        for (channel, value) in [0.9, offset, offset, width, height, 0.1, 0.8, 0].enumerated() {
            planes[channel * 16 + 5] = Float(value)
        }
        let found = try detections(
            ONNXWriter(input: [1, 3, 64, 64], outputs: [.init("758", [1, 8, 4, 4], planes)]), expecting: .fastestdet)
        expectOne(found, score: 0.72, box: Box(x: 48, y: 19, width: 100, height: 60))
    }

    @Test("SSD rows end at the first picture of -1, class 0 is the background")
    func ssdRows() throws {
        let box: [Float] = [0.25, 0.2, 0.75, 0.8]
        let values = [0, 2, 0.9] + box + [0, 0, 0.95] + box + [-1, 0, 0, 0, 0, 0, 0] + [0, 1, 0.99] + box
        let found = try detections(
            ONNXWriter(input: [1, 3, 64, 64], outputs: [.init("detection_out", [1, 1, 4, 7], values)]), expecting: .ssd)
        expectOne(found, score: 0.9)
    }

    @Test("SSD in four tensors: top comes before left, and the number of boxes counts")
    func ssdTensors() throws {
        let box: [Float] = [0.2, 0.25, 0.8, 0.75]
        let outputs: [ONNXWriter.Output] = [
            .init("detection_boxes", [1, 3, 4], box + box + box),
            .init("detection_classes", [1, 3], [2, 1, 1], element: .int64),
            .init("detection_scores", [1, 3], [0.9, 0.2, 0.95]), .init("num_detections", [1], [2]),
        ]
        expectOne(
            try detections(ONNXWriter(input: [1, 64, 64, 3], outputs: outputs), expecting: .ssd), score: 0.9)
    }

    @Test("RT-DETR in one tensor of probabilities")
    func rtdetr() throws {
        let values = Self.rows(20, 7, [3: Self.stretched + [0.1, 0.8, 0.1]])
        let found = try detections(
            ONNXWriter(input: [1, 3, 64, 64], outputs: [.init("output0", [1, 20, 7], values)]), expecting: .rtdetr)
        expectOne(found, score: 0.8)
    }

    @Test("RT-DETR in two tensors, in any order, with logits")
    func rtdetrLogits() throws {
        let logits = Self.rows(20, 3, [3: [-4, log(4), -4]]).enumerated().map { $0.offset / 3 == 3 ? $0.element : -6 }
        let boxes = Self.rows(20, 4, [3: Self.stretched])
        let outputs: [ONNXWriter.Output] = [
            .init("logits", [1, 20, 3], logits), .init("pred_boxes", [1, 20, 4], boxes, element: .float16),
        ]
        let found = try detections(ONNXWriter(input: [1, 3, 64, 64], outputs: outputs), expecting: .rtdetr)
        expectOne(found, score: 0.8, box: Box(x: 50, y: 19.9951, width: 100, height: 60.0098))
    }

    @Test("a decoder given by name overrides what the shapes say")
    func override() throws {
        let values = Self.rows(Self.cells, 8, [40: Self.centered + [0.1, 0.75, 0.2, 0]])
        let found = try detections(
            ONNXWriter(input: [1, 3, 64, 64], outputs: [.init("output0", [1, Self.cells, 8], values)]),
            decoder: "yolov8", expecting: .yolov8, classes: ["a", "b", "c", "d"])
        expectOne(found, score: 0.75)
    }

    @Test("outputs of a classifier are refused, with the shapes that were seen and the decoders there are")
    func classifier() throws {
        let writer = ONNXWriter(
            input: [1, 3, 64, 64], outputs: [.init("probabilities", [1, 3], [0.1, 0.2, 0.7])])
        let error = try #require(throws: DetectionError.self) { try detections(writer, expecting: .yolov8) }
        #expect(error.description.contains("probabilities 1x3"))
        for name in DecoderName.allCases { #expect(error.description.contains(name.rawValue)) }
    }

    @Test("a scene with another number of classes than the network is refused, with both numbers")
    func classCount() throws {
        let writer = ONNXWriter(
            input: [1, 3, 64, 64],
            outputs: [.init("output0", [1, 7, Self.cells], [Float](repeating: 0, count: 7 * Self.cells))])
        let error = try #require(throws: DetectionError.self) {
            try detections(writer, expecting: .yolov8, classes: ["a", "b"])
        }
        #expect(error.description.contains("3 classes") && error.description.contains("the scene 2"))
    }

    @Test("numbers that are none give no boxes")
    func notANumber() throws {
        let nan = Float.nan
        let inf = Float.infinity
        let values = Self.rows(
            Self.cells, 8,
            [
                1: [nan, 1, 1, 1, 1, 1, 1, 1], 2: [0, 0, 500, 500, 1, 1, 1, 1], 3: [0, 0, 0, 0, nan, 1, 1, 1],
                4: [inf, -inf, 0, 0, 1, 1, 1, nan],
            ])
        let found = try detections(
            ONNXWriter(input: [1, 3, 64, 64], outputs: [.init("output", [1, Self.cells, 8], values)]), expecting: .yolox
        )
        #expect(found.isEmpty)
    }
}
