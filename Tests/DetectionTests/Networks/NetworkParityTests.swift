import Detection
import Foundation
import Imaging
import Inference
import ShrikeCore
import Testing

/// Our pipeline against the detectors' own published one, run by `parity_reference.py` through the engines' Python
/// APIs on 200 real pictures.
@Suite(
    .serialized,
    .enabled(if: SharedData.hasDetectors, "needs ../shared/data"),
    .enabled(if: SharedData.python != nil, "needs Python with the engines: see parity_reference.py"))
struct NetworkParityTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var engine: NetworkSettings.Engine
        var kind: String
        var network: String
        var testDescription: String { "\(kind) on \(engine.rawValue)" }
    }

    static let cases = [NetworkSettings.Engine.openvino, .onnxruntime].flatMap { engine in
        [
            Case(engine: engine, kind: "fastestdet", network: SharedData.fastestDet),
            Case(engine: engine, kind: "yolox", network: SharedData.yolox),
        ]
    }

    static let pictureCount = 200

    @Test("boxes are within 0.5 px and scores within 0.001 of the tools' own", arguments: cases)
    func parity(_ parity: Case) throws {
        let pictures = SharedData.hitUAV(Self.pictureCount)
        try #require(pictures.count == Self.pictureCount)
        let reference = try referenceBoxes(parity, pictures)
        let codes = try SharedData.cocoCodes()
        let scene = SceneDefinition(
            name: "parity", version: "1", kind: .detector,
            classes: codes.map { ClassDefinition(code: $0, threshold: 0.25) },
            detector: DetectorSettings(nmsIoU: 0.45, maximumDetections: 1000), persistence: Persistence(hysteresis: 0))
        let detector = try NetworkDetector.load(
            scene: scene, networkPath: parity.network, settings: NetworkSettings(engine: parity.engine))
        #expect(detector.decoderName.rawValue == parity.kind)
        let worker = try detector.makeWorker()
        var worst = (box: 0.0, score: 0.0, boxes: 0)
        for (path, expected) in zip(pictures, reference) {
            let pixels = try Data(contentsOf: URL(filePath: path)).withUnsafeBytes { try Image.decode($0).frozen() }
            let found = try worker.detect(Frame(index: 0, mediaTime: .zero, origin: "parity", pixels: pixels))
            compare(found, expected, codes, path, &worst)
        }
        #expect(worst.boxes > 100, "too few boxes to mean anything: \(worst.boxes)")
        print(
            "parity \(parity.testDescription): \(worst.boxes) boxes, largest difference \(worst.box) px, \(worst.score)"
        )
    }

    /// Every box of one side has one of the other, but for those whose score lies at the threshold.
    private func compare(
        _ found: [Detection], _ expected: [[Double]], _ codes: [String], _ path: String,
        _ worst: inout (box: Double, score: Double, boxes: Int)
    ) {
        var unmatched = Array(found.indices)
        for box in expected {
            let code = codes[Int(box[5])]
            func distance(_ i: Int) -> Double {
                let b = found[i].box
                return zip([b.left, b.top, b.right, b.bottom], box).map { abs($0 - $1) }.max() ?? 0
            }
            let nearest = unmatched.filter { found[$0].className == code }.min { distance($0) < distance($1) }
            guard let nearest, distance(nearest) <= 0.5 else {
                #expect(abs(box[4] - 0.25) < 0.001, "\(path): no box for \(code) \(box)")
                continue
            }
            unmatched.removeAll { $0 == nearest }
            worst.boxes += 1
            worst.box = max(worst.box, distance(nearest))
            worst.score = max(worst.score, abs(found[nearest].score - box[4]))
            #expect(abs(found[nearest].score - box[4]) <= 0.001, "\(path): \(code) \(box) \(found[nearest])")
        }
        for i in unmatched {
            #expect(abs(found[i].score - 0.25) < 0.001, "\(path): a box too much: \(found[i])")
        }
    }

    private func referenceBoxes(_ parity: Case, _ pictures: [String]) throws -> [[[Double]]] {
        let script = SharedData.packageRoot.appending(path: "Tests/DetectionTests/Networks/parity_reference.py").path
        let out = FileManager.default.temporaryDirectory.appending(path: "shrike-parity-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: out) }
        let process = Process()
        process.executableURL = URL(filePath: try #require(SharedData.python))
        process.arguments = [script, parity.engine.rawValue, parity.kind, parity.network, out.path] + pictures
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "the reference failed")
        return try JSONDecoder().decode([[[Double]]].self, from: Data(contentsOf: out))
    }
}
