public import Foundation

/// An ONNX network as a value: read from a file, changed, written again (onnx.proto3).
///
/// Holds what inference needs: operations, constants, inputs, outputs and metadata. Shapes of values in between, training
/// information and documentation are left out.
public struct ONNXModel: Hashable, Sendable {
    public var irVersion = 8
    /// Version of the operators of the standard domain.
    public var operatorSet: Int
    /// Versions of the operators of other domains.
    public var otherOperatorSets: [String: Int] = [:]
    public var nodes: [ONNXNode] = []
    public var constants: [ONNXTensor] = []
    public var inputs: [NetworkPort]
    /// Dimensions that are -1 are written as names.
    public var outputs: [NetworkPort]
    public var metadata: [String: String] = [:]

    public init(operatorSet: Int, input: NetworkPort, outputs: [NetworkPort] = []) {
        (self.operatorSet, inputs, self.outputs) = (operatorSet, [input], outputs)
    }

    /// - Throws: ``InferenceError`` where the bytes are no network, or one that cannot be rewritten: weights in another
    ///   file, or parts with graphs of their own (loops, conditions).
    public init(parsing bytes: Data, name: String) throws(InferenceError) {
        let remedy = "export the network as one ONNX file, weights inside"
        let read = bytes.withUnsafeBytes { buffer -> ONNXModel? in
            guard let header = ONNXHeader(buffer) else { return nil }
            return ONNXModel(buffer, header)
        }
        guard let read else {
            throw InferenceError("this is not an ONNX network that can be rewritten", at: name, remedy: remedy)
        }
        self = read
    }

    /// The file's bytes; equal models give equal bytes.
    public func encoded() -> Data {
        var model = ProtobufWriter()
        model.number(1, Int64(irVersion))
        model.text(2, "shrike")
        model.message(7) { graph in
            for node in nodes { graph.message(1, node.encoded()) }
            graph.text(2, "network")
            for constant in constants { graph.message(5, constant.encoded()) }
            for port in inputs { graph.message(11, Self.encoded(port)) }
            for port in outputs { graph.message(12, Self.encoded(port)) }
        }
        model.message(8) { $0.number(2, Int64(operatorSet)) }
        for (domain, version) in otherOperatorSets.sorted(by: { $0.key < $1.key }) {
            model.message(8) {
                $0.text(1, domain)
                $0.number(2, Int64(version))
            }
        }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            model.message(14) {
                $0.text(1, key)
                $0.text(2, value)
            }
        }
        return model.bytes
    }

    /// Names of all values: inputs, constants and what operations give.
    public var valueNames: Set<String> {
        Set(inputs.map(\.name) + constants.map(\.name) + nodes.flatMap(\.outputs)).subtracting([""])
    }

    /// The part of the network that these values need, with them as its outputs, in this order.
    ///
    /// - Throws: ``InferenceError`` where an operation gives no value of that name.
    public func keeping(outputs names: [String], name: String = "network") throws(InferenceError) -> ONNXModel {
        var producer: [String: Int] = [:]
        for (position, node) in nodes.enumerated() {
            for output in node.outputs where !output.isEmpty { producer[output] = position }
        }
        for wanted in names where producer[wanted] == nil {
            throw InferenceError(
                "the network has no value '\(wanted)'", at: name,
                remedy: "name values that its operations give; its outputs are "
                    + outputs.map(\.name).joined(separator: ", "))
        }
        var needed: Set<Int> = []
        var open = names
        while let value = open.popLast() {
            guard let position = producer[value], needed.insert(position).inserted else { continue }
            open += nodes[position].inputs
        }
        var part = self
        part.nodes = nodes.indices.filter(needed.contains).map { nodes[$0] }
        let used = Set(part.nodes.flatMap(\.inputs))
        part.constants = constants.filter { used.contains($0.name) }
        part.inputs = inputs.filter { used.contains($0.name) }
        part.outputs = names.map { wanted in
            outputs.first { $0.name == wanted } ?? NetworkPort(name: wanted, shape: [], type: .float32)
        }
        return part
    }

    // MARK: - Reading

    private static let maximumNodes = 100_000

    private init?(_ bytes: UnsafeRawBufferPointer, _ header: ONNXHeader) {
        (operatorSet, inputs, outputs, metadata) = (0, header.inputs, header.outputs, header.metadata)
        var model = ProtobufReader(bytes)
        while let (field, value) = model.next() {
            switch (field, value) {
            case (1, .number(let version)): irVersion = Int(clamping: version)
            case (7, .bytes(let part)):
                guard readGraph(bytes, part) else { return nil }
            case (8, .bytes(let part)): readOperatorSet(bytes, part)
            // Functions and training information.
            case (20, .bytes), (25, .bytes): return nil
            default: break
            }
        }
        guard !model.failed, operatorSet > 0 else { return nil }
    }

    private mutating func readOperatorSet(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        var domain = ""
        var version = 0
        var message = ProtobufReader(bytes, in: range)
        while let (field, value) = message.next() {
            switch (field, value) {
            case (1, .bytes(let part)): domain = message.text(part)
            case (2, .number(let number)): version = Int(clamping: number)
            default: break
            }
        }
        if domain.isEmpty || domain == "ai.onnx" {
            operatorSet = version
        } else {
            otherOperatorSets[domain] = version
        }
    }

    private mutating func readGraph(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        var graph = ProtobufReader(bytes, in: range)
        while let (field, value) = graph.next() {
            guard case .bytes(let part) = value else { continue }
            switch field {
            case 1:
                guard nodes.count < Self.maximumNodes, let node = ONNXNode(bytes, part),
                    !["If", "Loop", "Scan"].contains(node.operation)
                else { return false }
                nodes.append(node)
            case 5:
                guard let tensor = ONNXTensor(bytes, part) else { return false }
                constants.append(tensor)
            case 15: return false
            default: break
            }
        }
        return !graph.failed
    }

    private static func encoded(_ port: NetworkPort) -> Data {
        var message = ProtobufWriter()
        message.text(1, port.name)
        message.message(2) {
            $0.message(1) { tensor in
                tensor.number(1, elementCode(port.type))
                // A shape that is not known is left out: an empty one would say that the value is a single number.
                guard !port.shape.isEmpty else { return }
                tensor.message(2) { shape in
                    for (position, size) in port.shape.enumerated() {
                        shape.message(1) {
                            if size < 0 { $0.text(2, "\(port.name)_\(position)") } else { $0.number(1, Int64(size)) }
                        }
                    }
                }
            }
        }
        return message.bytes
    }

    private static func elementCode(_ type: NetworkPort.ElementType) -> Int64 {
        switch type {
        case .float32, .other: 1
        case .uint8: 2
        case .int8: 3
        case .int32: 6
        case .int64: 7
        case .bool: 9
        case .float16: 10
        case .float64: 11
        }
    }
}
