internal import Inference

/// Which values of a network become 8-bit, and which operations compute in 8 bits then.
///
/// Convolutions with constant weights, with the ReLU or clip behind them, and sums of two values that are 8-bit anyway.
/// Everything else stays in floating point.
struct QuantizationPlan {
    /// Positions of convolutions in the network.
    var convolutions: [Int] = []
    /// The value that a convolution's result is stored as: its own, or that of the ReLU or clip behind it.
    var storedAs: [Int: String] = [:]
    /// Values in 8 bits, in the network's order; the network's input first.
    var values: [String] = []
    /// Results of a ReLU or clip that follows a convolution directly: never negative.
    var rectified: Set<String> = []

    init(_ model: ONNXModel) {
        let constants = Set(model.constants.map(\.name))
        let outputs = Set(model.outputs.map(\.name))
        var consumers: [String: [Int]] = [:]
        for (position, node) in model.nodes.enumerated() {
            for input in node.inputs { consumers[input, default: []].append(position) }
        }
        var known: Set<String> = []
        func take(_ value: String) { if known.insert(value).inserted { values.append(value) } }
        for (position, node) in model.nodes.enumerated() {
            if Self.isConvolution(node, constants) {
                take(node.inputs[0])
                convolutions.append(position)
                let result = node.outputs[0]
                storedAs[position] = result
                if let next = consumers[result], next.count == 1, !outputs.contains(result),
                    Self.rectifies(model.nodes[next[0]])
                {
                    storedAs[position] = model.nodes[next[0]].outputs[0]
                    rectified.insert(model.nodes[next[0]].outputs[0])
                }
                take(storedAs[position] ?? result)
            } else if node.operation == "Add", node.inputs.count == 2, node.inputs.allSatisfy(known.contains) {
                take(node.outputs[0])
            }
        }
    }

    private static func isConvolution(_ node: ONNXNode, _ constants: Set<String>) -> Bool {
        node.operation == "Conv" && node.domain.isEmpty && 2...3 ~= node.inputs.count && node.outputs.count == 1
            && !constants.contains(node.inputs[0]) && node.inputs.dropFirst().allSatisfy(constants.contains)
    }

    /// ReLU, or a clip whose lower limit is 0 (as an attribute; where it is an input it is not looked at).
    private static func rectifies(_ node: ONNXNode) -> Bool {
        if node.operation == "Relu" { return true }
        return node.operation == "Clip" && node.attributes.first { $0.name == "min" }?.float == 0
    }
}
