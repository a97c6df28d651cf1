import Foundation
import TestKit
import Testing

@testable import Inference

/// Networks that cannot be used, each refused with one line that says what and where.
@Suite("Bad networks")
struct BadNetworkTests {
    static let engines: [NetworkSettings.Engine] =
        [.auto] + InstalledEngines.found.compactMap { NetworkSettings.Engine(rawValue: $0.rawValue) }

    static var good: Data { ONNXWriter(input: [1, 3, 8, 8], outputs: [.init("o", [1, 2], [1, 2])]).bytes() }

    private func refusal(_ bytes: Data, _ engine: NetworkSettings.Engine) throws -> InferenceError {
        let error = try #require(throws: InferenceError.self) {
            try Network.load(bytes: bytes, name: "bad.onnx", settings: NetworkSettings(engine: engine))
        }
        #expect(error.place.contains("bad.onnx") && !error.what.isEmpty && !error.remedy.isEmpty)
        #expect(!error.description.contains("\n"))
        return error
    }

    @Test("empty, text, random and truncated files", arguments: engines)
    func garbage(engine: NetworkSettings.Engine) throws {
        _ = try refusal(Data(), engine)
        _ = try refusal(Data("<html>404 not found</html>".utf8), engine)
        _ = try refusal(Data((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) }), engine)
        _ = try refusal(Self.good.prefix(Self.good.count / 2), engine)
    }

    @Test("a network of unknown operators", arguments: engines.filter { $0 != .opencv })
    func unknownOperator(engine: NetworkSettings.Engine) throws {
        var writer = ONNXWriter(input: [1, 3, 8, 8], outputs: [.init("o", [1, 2], [1, 2])])
        writer.unknownOperator = "Frobnicate"
        let error = try refusal(writer.bytes(), engine)
        if engine != .auto || !InstalledEngines.libraries.isEmpty {
            #expect(error.what.contains("Frobnicate"))
        }
    }

    @Test("a network without outputs, and one with an input that is no picture for pixels", arguments: engines)
    func shapes(engine: NetworkSettings.Engine) throws {
        #expect(try refusal(ONNXWriter(input: [1, 3, 8, 8], outputs: []).bytes(), engine).what.contains("no output"))
        guard engine != .opencv, !InstalledEngines.libraries.isEmpty else { return }
        let flat = ONNXWriter(input: [1, 12], outputs: [.init("o", [1, 2], [1, 2])]).bytes()
        let error = #expect(throws: InferenceError.self) {
            try Network.load(bytes: flat, name: "bad.onnx", settings: NetworkSettings(engine: engine)) { _ in
                PixelInput(swapsRedAndBlue: true, scale: [1, 1, 1])
            }
        }
        #expect(error?.what.contains("picture 1x12") == true)
    }

    @Test("an input size that the network does not have", arguments: InstalledEngines.libraries)
    func size(engine: InferenceEngine) throws {
        var settings = NetworkSettings(engine)
        settings.inputSize = InputSize(width: 1 << 20, height: 16)
        let error = #expect(throws: InferenceError.self) {
            try Network.load(bytes: Self.good, name: "bad.onnx", settings: settings)
        }
        #expect(error?.what.contains("1048576x16") == true)
    }

    @Test("a missing file, a folder and an empty file", arguments: ["/nowhere/x.onnx", "/tmp", "/dev/null"])
    func files(path: String) {
        let error = #expect(throws: InferenceError.self) { try Network.load(path: path) }
        #expect(error?.place == path)
    }

    @Test("without any engine the error says what to type")
    func noEngine() {
        #expect(EngineInventory.remedy.contains("SHRIKE_ENGINE_DIR"))
        let inventory = EngineInventory.find(enginePath: "/nowhere")
        #expect(Set(inventory.entries.map(\.engine)) == Set(InferenceEngine.allCases))
        for entry in inventory.entries where !entry.isUsable {
            #expect(entry.remedy != nil && !entry.problems.isEmpty)
        }
        #expect(inventory.chosen != nil)
    }
}
