import Foundation
import Inference
import ShrikeCore
import TestKit
import Testing

@testable import Detection

@Suite("Frame formats", .enabled(if: InstalledEngines.any, "needs OpenVINO or ONNX Runtime"))
struct FrameFormatTests {
    /// A network of class `(1, 2, 6)` rows whose one score is the mean of its input: sees what pixels it was given.
    private func score(of frame: Frame) throws -> Double? {
        let rows: [Float] = [8, 8, 24, 24, 0, 0, 0, 0, 0, 0, 0, 0]
        var writer = ONNXWriter(input: [1, 3, 32, 32], outputs: [.init("output0", [1, 2, 6], rows)])
        writer.meanWeights = ["output0": [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]]
        let file = FileManager.default.temporaryDirectory.appending(path: "shrike-\(UUID().uuidString).onnx")
        try writer.bytes().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let scene = SceneDefinition(
            name: "tiny", version: "1", kind: .detector, classes: [ClassDefinition(code: "a", threshold: 0.01)])
        return try NetworkDetector.load(scene: scene, networkPath: file.path).makeWorker().detect(frame).first?.score
    }

    @Test("gray and color frames of the same picture give the same result")
    func gray() throws {
        let gray = (0..<64 * 64).map { UInt8(truncatingIfNeeded: $0 &* 37 >> 4) }
        let a = try #require(try score(of: TinyFrame.frame(gray, 64, 64, .gray8)))
        let b = try #require(try score(of: TinyFrame.frame(gray.flatMap { [$0, $0, $0] }, 64, 64, .bgr8)))
        #expect(abs(a - b) < 1e-6 && a > 0.1)
    }

    @Test("16-bit frames are stretched to their own range, whatever their offset")
    func gray16() throws {
        func frame(_ offset: UInt16) -> Frame {
            let values = (0..<64 * 64).map { offset + UInt16($0 / 4) }
            return TinyFrame.frame(values.withUnsafeBytes { Array($0) }, 64, 64, .gray16)
        }
        let a = try #require(try score(of: frame(100)))
        let b = try #require(try score(of: frame(30_000)))
        #expect(abs(a - b) < 1e-6 && abs(a - 0.5) < 0.02)
    }

    @Test("a worker gives the same result again after frames of other sizes")
    func sizes() throws {
        let rows: [Float] = [8, 8, 24, 24, 0.9, 0]
        let bytes = ONNXWriter(input: [1, 3, 32, 32], outputs: [.init("output0", [1, 1, 6], rows)]).bytes()
        let file = FileManager.default.temporaryDirectory.appending(path: "shrike-\(UUID().uuidString).onnx")
        try bytes.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let scene = SceneDefinition(name: "tiny", version: "1", kind: .detector, classes: [ClassDefinition(code: "a")])
        let worker = try NetworkDetector.load(scene: scene, networkPath: file.path).makeWorker()
        let first = try worker.detect(TinyFrame.gray(width: 64, height: 64))
        #expect(first.map(\.box) == [Box(x: 16, y: 16, width: 32, height: 32)])
        _ = try worker.detect(TinyFrame.gray(width: 640, height: 3))
        _ = try worker.detect(TinyFrame.gray(width: 1, height: 1))
        #expect(try worker.detect(TinyFrame.gray(width: 64, height: 64)) == first)
    }
}
