import Foundation
import TestKit
import Testing

@testable import Inference

@Suite("Network", .enabled(if: !InstalledEngines.libraries.isEmpty, "needs OpenVINO or ONNX Runtime"))
struct NetworkTests {
    private func echo(_ input: [Int], _ outputs: [ONNXWriter.Output] = []) -> Data {
        var writer = ONNXWriter(input: input, outputs: outputs)
        writer.echoesInput = true
        return writer.bytes()
    }

    private func load(
        _ bytes: Data, _ settings: NetworkSettings, pixels: PixelInput? = nil
    ) throws(InferenceError) -> Network {
        try Network.load(bytes: bytes, name: "tiny", settings: settings) { _ in pixels }
    }

    @Test("pixels reach the network as (pixel - mean) / scale", arguments: InstalledEngines.libraries, [false, true])
    func pixels(engine: InferenceEngine, channelsLast: Bool) throws {
        let (width, height) = (5, 4)
        let input = PixelInput(swapsRedAndBlue: true, mean: [10, 20, 30], scale: [2, 4, 8])
        let network = try load(
            echo(channelsLast ? [1, height, width, 3] : [1, 3, height, width]), NetworkSettings(engine), pixels: input)
        #expect(network.engine == engine && network.engineReport.isEmpty)
        let request = try network.makeRequest()
        request.withPixels { for i in $0.indices { $0[i] = UInt8(i * 5 % 256) } }
        try request.run()
        let out = try request.outputs()[0]
        #expect(out.shape == (channelsLast ? [1, height, width, 3] : [1, 3, height, width]))
        for i in 0..<width * height {
            for channel in 0..<3 {
                let value = out.values[channelsLast ? 3 * i + channel : channel * width * height + i]
                let pixel = Float((3 * i + 2 - channel) * 5 % 256)
                #expect(abs(value - (pixel - input.mean[channel]) / input.scale[channel]) < 1e-4)
            }
        }
    }

    @Test("tensors go in and integers and half precision come out as floats", arguments: InstalledEngines.libraries)
    func tensors(engine: InferenceEngine) throws {
        let network = try load(
            echo(
                [2, 3],
                [
                    .init("whole", [3], [-7, 0, 123_456], element: .int64),
                    .init("half", [2, 2], [0.5, -65_504, 0.000061, 0], element: .float16),
                ]), NetworkSettings(engine))
        let request = try network.makeRequest()
        request.withTensor { for i in $0.indices { $0[i] = Float(i) } }
        try request.run()
        let outputs = try request.outputs()
        #expect(outputs.map(\.name) == ["echo", "whole", "half"])
        #expect(Array(outputs[0].values) == [0, 1, 2, 3, 4, 5])
        #expect(Array(outputs[1].values) == [-7, 0, 123_456])
        #expect(
            outputs[2].shape == [2, 2] && outputs[2].values[1] == -65_504 && abs(outputs[2].values[2] - 6.1e-5) < 1e-7)
    }

    @Test("an open input takes the trained size, or the one that is asked for", arguments: InstalledEngines.libraries)
    func openInput(engine: InferenceEngine) throws {
        var writer = ONNXWriter(input: [-1, 3, -1, -1], outputs: [])
        writer.echoesInput = true
        writer.metadata = ["imgsz": "[96, 160]"]
        #expect(try load(writer.bytes(), NetworkSettings(engine)).description.input.shape == [1, 3, 96, 160])
        var settings = NetworkSettings(engine)
        settings.inputSize = InputSize(width: 64, height: 32)
        let network = try load(writer.bytes(), settings)
        #expect(network.description.outputs[0].shape == [1, 3, 32, 64])
    }

    @Test("requests of one network run at the same time with their own results", arguments: InstalledEngines.libraries)
    func concurrent(engine: InferenceEngine) async throws {
        var settings = NetworkSettings(engine)
        settings.concurrentRequests = 4
        let network = try load(echo([1, 3, 16, 16]), settings)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    let request = try network.makeRequest()
                    return try (0..<50).allSatisfy { round in
                        let value = Float(worker * 1000 + round)
                        request.withTensor { $0.update(repeating: value) }
                        try request.run()
                        return try request.outputs()[0].values.allSatisfy { $0 == value }
                    }
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test(
        "compiled networks are cached in the folder that is named",
        .enabled(if: InstalledEngines.found.contains(.openvino)))
    func cache() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "shrike-cache-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var settings = NetworkSettings(.openvino)
        settings.cacheDirectory = folder.path
        for _ in 0..<2 { _ = try load(echo([1, 3, 8, 8]), settings) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty == false)
    }

    @Test("auto takes the preferred engine and says why where it cannot")
    func automatic() throws {
        let network = try load(echo([1, 3, 8, 8]), NetworkSettings())
        #expect(network.engine == InstalledEngines.found.first)
    }
}
