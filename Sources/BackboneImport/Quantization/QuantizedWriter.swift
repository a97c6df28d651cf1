internal import Foundation
internal import Inference

/// Writes a network whose planned values pass through 8 bits: QuantizeLinear and DequantizeLinear around them (ONNX's
/// QDQ form), which engines turn into 8-bit operations.
///
/// Activations: one scale a value, 0 to 255. Weights: one scale an output channel, -127 to 127. Bias: 32 bits, scale of
/// input times weight.
struct QuantizedWriter {
    private var model: ONNXModel
    private let plan: QuantizationPlan
    private let ranges: [String: ActivationRange]
    private var constants: [String: ONNXTensor]
    private var nodes: [ONNXNode] = []
    private var written: [ONNXTensor] = []

    init(_ model: ONNXModel, plan: QuantizationPlan, ranges: [String: ActivationRange]) {
        (self.model, self.plan, self.ranges) = (model, plan, ranges)
        constants = Dictionary(model.constants.map { ($0.name, $0) }) { first, _ in first }
    }

    func quantized() throws(BackboneImportError) -> ONNXModel {
        var writer = self
        return try writer.write()
    }

    private mutating func write() throws(BackboneImportError) -> ONNXModel {
        let inputs = Set(model.inputs.map(\.name))
        var renamed: [String: String] = [:]
        for value in plan.values where inputs.contains(value) {
            renamed[value] = value + ".levels"
            levels(of: value, from: value, to: value + ".levels")
        }
        var used: Set<String> = []
        for (position, node) in model.nodes.enumerated() {
            var node = node
            node.inputs = node.inputs.map { renamed[$0] ?? $0 }
            if plan.storedAs[position] != nil { node.inputs = try weights(of: model.nodes[position], node) }
            if let stored = dropped(node) {
                // The limits of the levels are those of the clip: it has nothing left to do.
                levels(of: stored, from: node.inputs[0], to: stored)
                continue
            }
            modernize(&node)
            if let output = node.outputs.first, ranges[output] != nil, plan.values.contains(output) {
                node.outputs[0] = output + ".exact"
                nodes.append(node)
                levels(of: output, from: output + ".exact", to: output)
            } else {
                nodes.append(node)
            }
        }
        for node in nodes { used.formUnion(node.inputs) }
        var result = model
        (result.irVersion, result.operatorSet) = (max(8, model.irVersion), max(13, model.operatorSet))
        result.nodes = nodes
        result.constants = model.constants.filter { used.contains($0.name) } + written
        return result
    }

    /// The value that a ReLU or clip gives, where the levels of that value do its work: from 0 to at most its limit.
    private func dropped(_ node: ONNXNode) -> String? {
        guard let output = node.outputs.first, plan.rectified.contains(output), let range = ranges[output] else {
            return nil
        }
        if node.operation == "Relu" { return output }
        let limit = node.attributes.first { $0.name == "max" }?.float ?? .infinity
        return range.high <= limit * (1 + 1e-6) ? output : nil
    }

    /// Quantize and dequantize.
    private mutating func levels(of value: String, from: String, to: String) {
        guard let range = ranges[value] else { return }
        written.append(ONNXTensor(value + ".scale", shape: [], floats: [range.scale]))
        written.append(ONNXTensor(value + ".zero", shape: [], element: .uint8, raw: .init([range.zeroPoint])))
        let parameters = [value + ".scale", value + ".zero"]
        nodes.append(
            ONNXNode(
                "QuantizeLinear", name: value + ".quantize", inputs: [from] + parameters, outputs: [value + ".8bit"]))
        nodes.append(
            ONNXNode(
                "DequantizeLinear", name: value + ".dequantize", inputs: [value + ".8bit"] + parameters, outputs: [to]))
    }

    /// Writes the 8-bit weights and 32-bit bias of a convolution.
    ///
    /// - Parameter original: the convolution before values were renamed.
    /// - Returns: its inputs.
    private mutating func weights(of original: ONNXNode, _ node: ONNXNode) throws(BackboneImportError) -> [String] {
        guard let weight = constants[original.inputs[1]], let values = weight.floats, let channels = weight.shape.first,
            channels > 0, let input = ranges[original.inputs[0]]
        else {
            throw BackboneImportError(
                "the weights '\(original.inputs[1])' are no 32-bit floats", at: original.name,
                remedy: "import the float32 export of the network")
        }
        let bias = original.inputs.count > 2 ? constants[original.inputs[2]]?.floats : nil
        let size = values.count / channels
        let rounding = Self.rounding(weight.shape)
        var levels = [Int8](repeating: 0, count: values.count)
        var scales = [Float](repeating: 1, count: channels)
        var whole = [Int32](repeating: 0, count: channels)
        for channel in 0..<channels {
            let part = channel * size..<(channel + 1) * size
            let largest = values[part].reduce(0) { max($0, abs($1)) }
            let addend = Double(bias?[channel] ?? 0)
            // A channel of next to nothing with a large bias: its scale must leave the bias inside 32 bits.
            scales[channel] = max(largest / 127, Float(abs(addend) / Double(input.scale) / 1e9), 1e-12)
            whole[channel] = Int32((addend / (Double(input.scale) * Double(scales[channel]))).rounded())
            guard let rounding else {
                for i in part { levels[i] = Int8(max(-127, min(127, (values[i] / scales[channel]).rounded()))) }
                continue
            }
            for start in stride(from: part.lowerBound, to: part.upperBound, by: rounding.size) {
                let kernel = start..<start + rounding.size
                levels.replaceSubrange(kernel, with: rounding.levels(values[kernel], scale: scales[channel]))
            }
        }
        // Names of their own: a convolution's result may be called as its weights' begin.
        let prefix = node.outputs[0] + ".quantized.weight"
        written.append(ONNXTensor(prefix + ".8bit", shape: weight.shape, int8: levels))
        written.append(ONNXTensor(prefix + ".scale", shape: [channels], floats: scales))
        written.append(
            ONNXTensor(prefix + ".zero", shape: [channels], int8: [Int8](repeating: 0, count: channels)))
        nodes.append(
            ONNXNode(
                "DequantizeLinear", name: prefix + ".dequantize",
                inputs: [prefix + ".8bit", prefix + ".scale", prefix + ".zero"], outputs: [prefix],
                attributes: [.integer("axis", 0)]))
        guard bias != nil else { return [node.inputs[0], prefix] }
        let biased = node.outputs[0] + ".quantized.bias"
        written.append(ONNXTensor(biased + ".32bit", shape: [channels], int32: whole))
        written.append(
            ONNXTensor(biased + ".scale", shape: [channels], floats: scales.map { $0 * input.scale }))
        nodes.append(
            ONNXNode(
                "DequantizeLinear", name: biased + ".dequantize", inputs: [biased + ".32bit", biased + ".scale"],
                outputs: [biased], attributes: [.integer("axis", 0)]))
        return [node.inputs[0], prefix, biased]
    }

    /// How the weights of a shape are rounded together; nil for 1x1.
    private static func rounding(_ shape: [Int]) -> WeightRounding? {
        guard shape.count == 4, shape[2] * shape[3] > 1 else { return nil }
        let isSmall = shape[1] * shape[2] * shape[3] <= WeightRounding.largestWhole
        return WeightRounding(channels: isSmall ? shape[1] : 1, rows: shape[2], columns: shape[3])
    }

    /// Limits of a clip are attributes before operator set 11, inputs after.
    private mutating func modernize(_ node: inout ONNXNode) {
        guard model.operatorSet < 11, node.operation == "Clip" else { return }
        for name in ["min", "max"] {
            let value = node.attributes.first { $0.name == name }?.float ?? (name == "min" ? -.infinity : .infinity)
            written.append(ONNXTensor("\(node.outputs[0]).\(name)", shape: [], floats: [value]))
            node.inputs.append("\(node.outputs[0]).\(name)")
        }
        node.attributes = []
    }
}
