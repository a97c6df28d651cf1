import BackboneImport
import Detection
import Inference
import ShrikeCore
import Testing

@Suite("8-bit form")
struct QuantizerTests {
    private static let input = InputSize(width: 64, height: 64)

    private func pictures(_ range: Range<Int>) -> [PixelBuffer] {
        range.map { Reference.picture(width: 64 + 7 * $0, height: 48 + 5 * $0) }
    }

    @Test(
        "the 8-bit form computes in 8 bits and stays close to the 32-bit form on other pictures",
        arguments: [NetworkSettings.Engine.openvino, .onnxruntime])
    func quantized(_ engine: NetworkSettings.Engine) throws {
        guard EngineInventory.find().entries.contains(where: { $0.engine.rawValue == engine.rawValue && $0.isUsable })
        else { return }
        let settings = NetworkSettings(engine: engine)
        let network = try EfficientNetLite(FormulaWeights.checkpoint(), place: "formula")
        let model = try network.model.keeping(outputs: ["stage2", "stage3"])
        let quantizer = Quantizer(model, name: "formula", pixels: EfficientNetLite.pixels, settings: settings)
        var shares: [Double] = []
        let small = try quantizer.quantized(pictures: pictures(0..<4), input: Self.input) { shares.append($0) }
        #expect(shares == shares.sorted() && shares.last == 1)
        let operations = small.nodes.map(\.operation)
        #expect(operations.contains("QuantizeLinear") && !operations.contains("Clip"))
        #expect(small.encoded().count < model.encoded().count / 2)
        let drift = try FeatureDrift.measure(
            try Backbone.load(
                model, name: "fp32", pixels: EfficientNetLite.pixels, input: Self.input, settings: settings),
            try Backbone.load(
                small, name: "int8", pixels: EfficientNetLite.pixels, input: Self.input, settings: settings),
            pictures: pictures(4..<7))
        #expect(drift.taps.map(\.name) == ["stage2", "stage3"])
        for tap in drift.taps {
            #expect(tap.mean > 0.97 && tap.mean < 1 && tap.lowestPercent <= tap.mean, "\(tap)")
        }
    }

    @Test("without pictures, or without convolutions, there is no 8-bit form")
    func refused() throws {
        let network = try EfficientNetLite(FormulaWeights.checkpoint(), place: "formula")
        #expect(throws: BackboneImportError.self) {
            try Quantizer(network.model, name: "formula", pixels: EfficientNetLite.pixels)
                .quantized(pictures: [], input: Self.input)
        }
        var empty = network.model
        empty.nodes = [ONNXNode("Relu", inputs: ["picture"], outputs: ["out"])]
        empty.outputs = [NetworkPort(name: "out", shape: [1, 3, -1, -1], type: .float32)]
        #expect(throws: BackboneImportError.self) {
            try Quantizer(empty, name: "empty", pixels: EfficientNetLite.pixels)
                .quantized(pictures: pictures(0..<1), input: Self.input)
        }
    }
}
