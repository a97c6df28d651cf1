internal import Inference

/// Writes convolutions with folded batch normalization into a network.
struct ConvolutionGraph {
    let input = "picture"
    private let checkpoint: Checkpoint
    private let place: String
    private var nodes: [ONNXNode] = []
    private var constants: [ONNXTensor] = []

    init(_ checkpoint: Checkpoint, place: String) { (self.checkpoint, self.place) = (checkpoint, place) }

    func has(_ name: String) -> Bool { checkpoint.tensors[name] != nil }

    /// A convolution without bias, its normalization folded in, and where `clips` ReLU6 behind it.
    ///
    /// - Parameters:
    ///   - prefix: of the weight's name.
    ///   - norm: prefix of the normalization's four tensors.
    ///   - shape: that the weight must have: outputs, inputs per group, rows, columns.
    ///   - name: of the value; nil names it after `prefix`.
    /// - Returns: the value's name.
    mutating func convolution(
        _ prefix: String, norm: String, from value: String, shape: [Int], stride: Int = 1, groups: Int = 1,
        clips: Bool = false, name: String? = nil
    ) throws(BackboneImportError) -> String {
        var weights = try tensor("\(prefix).weight", shape: shape)
        let gamma = try tensor("\(norm).weight", shape: [shape[0]])
        var bias = try tensor("\(norm).bias", shape: [shape[0]])
        let mean = try tensor("\(norm).running_mean", shape: [shape[0]])
        let variance = try tensor("\(norm).running_var", shape: [shape[0]])
        let perChannel = weights.count / shape[0]
        for channel in 0..<shape[0] {
            // In double precision: the folded network is compared with the unfolded one.
            let deviation = (Double(variance[channel]) + Double(EfficientNetLite.epsilon)).squareRoot()
            let factor = Double(gamma[channel]) / deviation
            bias[channel] = Float(Double(bias[channel]) - Double(mean[channel]) * factor)
            for i in channel * perChannel..<(channel + 1) * perChannel {
                weights[i] = Float(Double(weights[i]) * factor)
            }
        }
        guard weights.allSatisfy(\.isFinite), bias.allSatisfy(\.isFinite) else {
            throw BackboneImportError(
                "'\(prefix).weight' or '\(norm)' holds numbers that are not finite", at: place,
                remedy: "download the file again")
        }
        let output = clips ? "\(prefix).linear" : name ?? prefix
        constants.append(ONNXTensor("\(prefix).weight", shape: shape, floats: weights))
        constants.append(ONNXTensor("\(prefix).bias", shape: [shape[0]], floats: bias))
        nodes.append(
            ONNXNode(
                "Conv", name: prefix, inputs: [value, "\(prefix).weight", "\(prefix).bias"], outputs: [output],
                attributes: [
                    // TensorFlow's rule: what is uneven goes to the right and bottom.
                    .text("auto_pad", "SAME_UPPER"), .integers("kernel_shape", [shape[2], shape[3]]),
                    .integers("strides", [stride, stride]), .integer("group", groups),
                ]))
        guard clips else { return output }
        nodes.append(
            ONNXNode(
                "Clip", name: "\(prefix).clip", inputs: [output], outputs: [name ?? prefix],
                attributes: [.float("min", 0), .float("max", 6)]))
        return name ?? prefix
    }

    mutating func sum(_ a: String, _ b: String, name: String) -> String {
        nodes.append(ONNXNode("Add", name: name, inputs: [a, b], outputs: [name]))
        return name
    }

    /// The network so far; its input is one picture of any size.
    func model(outputs: [(name: String, channels: Int)], metadata: [String: String]) -> ONNXModel {
        // Operator set 10: limits of `Clip` are attributes, which every engine reads.
        var model = ONNXModel(
            operatorSet: 10, input: NetworkPort(name: input, shape: [1, 3, -1, -1], type: .float32),
            outputs: outputs.map { NetworkPort(name: $0.name, shape: [1, $0.channels, -1, -1], type: .float32) })
        model.irVersion = 5
        (model.nodes, model.constants, model.metadata) = (nodes, constants, metadata)
        return model
    }

    private func tensor(_ name: String, shape: [Int]) throws(BackboneImportError) -> [Float] {
        guard let tensor = checkpoint.tensors[name] else {
            throw BackboneImportError("tensor '\(name)' is missing", at: place, remedy: "download the file again")
        }
        guard tensor.shape == shape else {
            throw BackboneImportError(
                "tensor '\(name)' is \(tensor.shape), not \(shape)", at: place,
                remedy: "name the file of EfficientNet-Lite 0, 1 or 2")
        }
        return tensor.values
    }
}
