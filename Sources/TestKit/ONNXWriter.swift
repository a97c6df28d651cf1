public import Foundation

/// Writes small ONNX networks for tests: their outputs are given numbers, or the input itself.
///
/// Every output is `constant + weight * mean(input)`, weight 0 unless told, so that engines must run the network to give
/// it.
public struct ONNXWriter: Sendable {
    public enum Element: Int, Sendable {
        case float32 = 1
        case int64 = 7
        case float16 = 10
    }

    public struct Output: Sendable {
        public var name: String
        public var shape: [Int]
        public var values: [Float]
        public var element: Element

        public init(_ name: String, _ shape: [Int], _ values: [Float], element: Element = .float32) {
            (self.name, self.shape, self.values, self.element) = (name, shape, values, element)
        }
    }

    /// -1 leaves a dimension open.
    public var input: [Int]
    public var outputs: [Output]
    /// Gives the input back as one more output, the first.
    public var echoesInput = false
    public var metadata: [String: String] = [:]
    /// By name of an output of floats: what is added of the input's mean, element by element.
    public var meanWeights: [String: [Float]] = [:]
    /// Name of an operator that exists nowhere, put in front of the outputs.
    public var unknownOperator: String?

    public init(input: [Int], outputs: [Output]) { (self.input, self.outputs) = (input, outputs) }

    public func bytes() -> Data {
        var graph = Data()
        graph.append(node("ReduceMean", ["picture"], ["mean"], attribute: ("keepdims", 0)))
        graph.append(node("Mul", ["mean", "zero"], ["nothing"]))
        if let unknownOperator { graph.append(node(unknownOperator, ["nothing"], ["unknown"])) }
        let addend = unknownOperator == nil ? "nothing" : "unknown"
        if echoesInput { graph.append(node("Identity", ["picture"], ["echo"])) }
        for output in outputs {
            if let weights = meanWeights[output.name] {
                graph.append(field(5, tensor("weight_" + output.name, output.shape, weights)))
                graph.append(node("Mul", ["mean", "weight_" + output.name], ["part_" + output.name]))
                graph.append(node("Add", ["constant_" + output.name, "part_" + output.name], [output.name]))
            } else if output.element == .float32 {
                graph.append(node("Add", ["constant_" + output.name, addend], [output.name]))
            } else {
                graph.append(node("Add", ["constant_" + output.name, addend], ["sum_" + output.name]))
                graph.append(
                    node("Cast", ["sum_" + output.name], [output.name], attribute: ("to", output.element.rawValue)))
            }
        }
        graph.append(field(2, text: "test"))
        graph.append(field(5, tensor("zero", [], [0])))
        for output in outputs { graph.append(field(5, tensor("constant_" + output.name, output.shape, output.values))) }
        graph.append(field(11, port("picture", input, .float32)))
        if echoesInput { graph.append(field(12, port("echo", input, .float32))) }
        for output in outputs { graph.append(field(12, port(output.name, output.shape, output.element))) }

        var model = Data()
        model.append(field(1, number: 8))
        model.append(field(8, field(1, text: "") + field(2, number: 13)))
        model.append(field(7, graph))
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            model.append(field(14, field(1, text: key) + field(2, text: value)))
        }
        return model
    }

    // MARK: - Messages of onnx.proto3

    private func node(
        _ operation: String, _ inputs: [String], _ outputs: [String], attribute: (String, Int)? = nil
    ) -> Data {
        var message = Data()
        for name in inputs { message.append(field(1, text: name)) }
        for name in outputs { message.append(field(2, text: name)) }
        message.append(field(4, text: operation))
        if let (name, value) = attribute {
            message.append(field(5, field(1, text: name) + field(3, number: value) + field(20, number: 2)))
        }
        return field(1, message)
    }

    private func tensor(_ name: String, _ shape: [Int], _ values: [Float]) -> Data {
        var message = Data()
        for size in shape { message.append(field(1, number: size)) }
        message.append(field(2, number: Element.float32.rawValue))
        message.append(field(8, text: name))
        message.append(field(9, values.withUnsafeBytes { Data($0) }))
        return message
    }

    private func port(_ name: String, _ shape: [Int], _ element: Element) -> Data {
        var dimensions = Data()
        for (index, size) in shape.enumerated() {
            dimensions.append(field(1, size < 0 ? field(2, text: "open\(index)") : field(1, number: size)))
        }
        let tensor = field(1, number: element.rawValue) + field(2, dimensions)
        return field(1, text: name) + field(2, field(1, tensor))
    }

    // MARK: - Wire format

    private func field(_ number: Int, _ message: Data) -> Data {
        varint(number << 3 | 2) + varint(message.count) + message
    }

    private func field(_ number: Int, text: String) -> Data { field(number, Data(text.utf8)) }

    private func field(_ number: Int, number value: Int) -> Data { varint(number << 3) + varint(value) }

    private func varint(_ value: Int) -> Data {
        var rest = UInt64(bitPattern: Int64(value))
        var bytes = Data()
        repeat {
            bytes.append(UInt8(rest & 127) | (rest > 127 ? 128 : 0))
            rest >>= 7
        } while rest > 0
        return bytes
    }
}
