internal import Detection
public import Inference
public import ShrikeCore

/// Makes the 8-bit form of a network from pictures of the kind it will see.
public struct Quantizer {
    private let model: ONNXModel
    private let name: String
    private let pixels: PixelInput
    private let settings: NetworkSettings

    /// - Parameters:
    ///   - model: in 32-bit floating point; its outputs are the taps.
    ///   - name: for messages.
    ///   - settings: engine that runs the network while it is calibrated.
    public init(_ model: ONNXModel, name: String, pixels: PixelInput, settings: NetworkSettings = NetworkSettings()) {
        (self.model, self.name, self.pixels, self.settings) = (model, name, pixels, settings)
    }

    /// Operations whose meaning is the same from operator set 7 to 13.
    private static let unchanged: Set<String> = [
        "Conv", "Clip", "Relu", "Add", "Mul", "Sub", "Div", "Sigmoid", "Concat", "MaxPool", "AveragePool",
        "GlobalAveragePool", "Identity", "Tanh", "LeakyRelu", "HardSigmoid", "Transpose", "Reshape", "Flatten",
    ]

    /// Runs the network on the pictures and writes its 8-bit form.
    ///
    /// - Parameters:
    ///   - pictures: at least one; stretched to `input`.
    ///   - progress: share done, 0 to 1.
    /// - Throws: ``BackboneImportError`` where the network cannot be written so, and what running it throws.
    public func quantized(
        pictures: [PixelBuffer], input: InputSize, progress: (Double) -> Void = { _ in }
    ) throws -> ONNXModel {
        guard !pictures.isEmpty else {
            throw BackboneImportError("no picture to calibrate with", at: name, remedy: "name footage with --calibrate")
        }
        if model.operatorSet < 13, let node = model.nodes.first(where: { !Self.unchanged.contains($0.operation) }) {
            throw BackboneImportError(
                "the operation \(node.operation) of operator set \(model.operatorSet) has no 8-bit form here", at: name,
                remedy: "export the network with operator set (opset) 13 or later")
        }
        let plan = QuantizationPlan(model)
        guard !plan.convolutions.isEmpty else {
            throw BackboneImportError(
                "the network has no convolution with constant weights", at: name,
                remedy: "use it in 32-bit floating point, without --calibrate")
        }
        let inputs = Set(model.inputs.map(\.name))
        var ranges = try Calibration(model: model, name: name, pixels: pixels, settings: settings).ranges(
            of: plan.values.filter { !inputs.contains($0) }, rectified: plan.rectified, pictures: pictures,
            input: input, progress: progress)
        // Pixels have 256 levels already: the input loses nothing where all channels are scaled alike.
        let limits = (0..<3).flatMap { channel in
            [0, 255].map { (Float($0) - pixels.mean[channel]) / pixels.scale[channel] }
        }
        for value in plan.values where inputs.contains(value) {
            ranges[value] = ActivationRange(low: limits.min() ?? 0, high: limits.max() ?? 0)
        }
        return try QuantizedWriter(model, plan: plan, ranges: ranges).quantized()
    }
}
