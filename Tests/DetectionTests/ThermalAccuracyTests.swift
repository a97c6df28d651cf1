import Detection
import Foundation
import Imaging
import ShrikeCore
import SyntheticFootage
import Testing

/// The figures of `Thermal.md`. Settings were tuned on seeds 100 to 109 and a fault was traced on 1 to 4; seeds 11 to 20 never took
/// part. CI runs three of them, `SHRIKE_LONG_TESTS=1` all.
@Suite(.serialized) struct ThermalAccuracyTests {
    private static let seeds: ClosedRange<UInt64> =
        ProcessInfo.processInfo.environment["SHRIKE_LONG_TESTS"] == nil ? 11...13 : 11...20
    private static let seconds = 6.0

    private enum Input: String { case videoWithScale, videoWithoutScale, sixteenBit }

    @Test func eightBitVideoWithScale() throws { try check(.videoWithScale) }

    @Test func eightBitVideoWithoutScale() throws { try check(.videoWithoutScale) }

    @Test func sixteenBitFrames() throws { try check(.sixteenBit) }

    private func check(_ input: Input) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "shrike-thermal-\(UUID().uuidString)"
        ).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var score = ThermalScore()
        for seed in Self.seeds {
            let options = FootageOptions(writes16Bit: input == .sixteenBit, writesVideo: input != .sixteenBit)
            let made = try FootageGenerator.generate(
                kind: .solar, seed: seed, seconds: Self.seconds, to: "\(folder)/\(seed)", options: options)
            score.add(truth: made.truth, detections: try detections(in: made, input: input))
        }
        let rightClass = Double(score.rightClass) / Double(max(1, score.found))
        let rise = score.riseErrors.sorted()
        let median = rise.isEmpty ? "-" : String(format: "%.2f K", rise[rise.count / 2])
        print(
            String(
                format: "thermal %@: recall %.3f precision %.3f class %.3f defects %d false %d rise error ",
                input.rawValue, score.recall, score.precision, rightClass, score.defects, score.falseDefects) + median)
        #expect(score.defects >= 4 * Self.seeds.count)
        #expect(score.recall >= 0.95)
        #expect(score.precision >= 0.95)
        #expect(rightClass >= 0.9)
    }

    private func detections(in made: GeneratedFootage, input: Input) throws -> [[Detection]] {
        let detector = ThermalDetector(scene: BuiltInScenes.thermalSolar)
        func detect(_ pixels: PixelBuffer, _ scale: ThermalScale?) -> [Detection] {
            detector.detect(Frame(index: 0, mediaTime: .zero, origin: "test", pixels: pixels, thermalScale: scale))
        }
        var result: [[Detection]] = []
        if let path = made.videoPath {
            var reader = try VideoReader(path)
            while try reader.grab() {
                var image = try Image()
                try reader.retrieve(into: &image)
                result.append(detect(try image.frozen(), input == .videoWithScale ? made.videoScale : nil))
            }
        } else if let frames = made.framesFolder {
            for name in try FileManager.default.contentsOfDirectory(atPath: frames).sorted() {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(frames)/\(name)"))
                result.append(detect(try decoded(bytes, as: .unchanged), made.framesScale))
            }
        }
        #expect(result.count == made.truth.frameCount)
        return result
    }

    private func decoded(_ bytes: Data, as decoding: Image.Decoding) throws -> PixelBuffer {
        try bytes.withUnsafeBytes { (raw: UnsafeRawBufferPointer) throws -> PixelBuffer in
            try Image.decode(raw, as: decoding).frozen()
        }
    }

    private static let realFrames = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data/hit_uav")

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: realFrames.path), "needs ../shared/data/hit_uav, absent here"))
    func falseAlertsOnRealFrames() throws {
        let detector = ThermalDetector(scene: BuiltInScenes.thermalSolar)
        var (frames, all, offObjects) = (0, 0, 0)
        let images = Self.realFrames.appendingPathComponent("images")
        for name in try FileManager.default.contentsOfDirectory(atPath: images.path).sorted()
        where name.hasSuffix(".jpg") {
            let bytes = try Data(contentsOf: images.appendingPathComponent(name))
            let objects = try labels(of: name)
            let found = detector.detect(
                Frame(index: 0, mediaTime: .zero, origin: "test", pixels: try decoded(bytes, as: .color())))
            frames += 1
            all += found.count
            offObjects += found.filter { spot in !objects.contains { $0.intersectionArea(spot.box) > 0 } }.count
        }
        print("thermal on \(frames) real frames: \(all) detections, \(offObjects) of them on no labelled object")
        #expect(frames == 350)
        #expect(Double(offObjects) / Double(frames) < Self.realFalseLimit)
    }

    /// Detections on no labelled object per frame: measured, rounded up.
    private static let realFalseLimit = 10.0

    private func labels(of name: String) throws -> [Box] {
        let path = Self.realFrames.appendingPathComponent(
            "labels/" + name.replacingOccurrences(of: ".jpg", with: ".xml"))
        let text = try String(contentsOf: path, encoding: .utf8)
        return text.components(separatedBy: "<bndbox>").dropFirst().compactMap { part in
            let sides = ["xmin", "ymin", "xmax", "ymax"].compactMap { side -> Double? in
                guard let tail = part.components(separatedBy: "<\(side)>").dropFirst().first else { return nil }
                return tail.components(separatedBy: "<").first.flatMap(Double.init)
            }
            return sides.count == 4 ? Box(left: sides[0], top: sides[1], right: sides[2], bottom: sides[3]) : nil
        }
    }
}
