/// What an ONNX file says about itself, read without an engine: ModelProto's metadata and the graph's inputs and
/// outputs (onnx.proto3, fields 7 and 14). Weights are skipped.
struct ONNXHeader: Hashable, Sendable {
    var inputs: [NetworkPort] = []
    var outputs: [NetworkPort] = []
    var metadata: [String: String] = [:]

    /// nil where the bytes are not an ONNX network with a graph.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var model = ProtobufReader(bytes)
        var graphs = 0
        while let (field, value) = model.next() {
            guard case .bytes(let range) = value else { continue }
            switch field {
            case 7:
                graphs += 1
                guard readGraph(bytes, range) else { return nil }
            case 14: readProperty(bytes, range)
            default: break
            }
        }
        guard !model.failed, graphs == 1 else { return nil }
    }

    /// Where the file claims more, it is not believed.
    private static let maximumPorts = 1024
    private static let maximumProperties = 256

    private mutating func readGraph(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        var graph = ProtobufReader(bytes, in: range)
        var weights: Set<String> = []
        var nodes = 0
        while let (field, value) = graph.next() {
            guard case .bytes(let part) = value else { continue }
            switch field {
            case 1: nodes += 1
            case 5:
                if let name = Self.firstText(8, bytes, part) { weights.insert(name) }
            case 11 where inputs.count < Self.maximumPorts: inputs.append(Self.port(bytes, part))
            case 12 where outputs.count < Self.maximumPorts: outputs.append(Self.port(bytes, part))
            default: break
            }
        }
        // Before IR version 4 weights were listed as inputs too.
        inputs.removeAll { weights.contains($0.name) }
        return !graph.failed && nodes > 0
    }

    private mutating func readProperty(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        guard metadata.count < Self.maximumProperties, let key = Self.firstText(1, bytes, range) else { return }
        metadata[key] = Self.firstText(2, bytes, range) ?? ""
    }

    private static func firstText(_ wanted: Int, _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String? {
        var message = ProtobufReader(bytes, in: range)
        while let (field, value) = message.next() {
            if field == wanted, case .bytes(let part) = value { return message.text(part) }
        }
        return nil
    }

    private static func firstMessage(_ wanted: Int, _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Range<Int>?
    {
        var message = ProtobufReader(bytes, in: range)
        while let (field, value) = message.next() {
            if field == wanted, case .bytes(let part) = value { return part }
        }
        return nil
    }

    /// ValueInfoProto.
    private static func port(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> NetworkPort {
        var port = NetworkPort(name: firstText(1, bytes, range) ?? "", shape: [], type: .other)
        guard let type = firstMessage(2, bytes, range), let tensor = firstMessage(1, bytes, type) else { return port }
        var message = ProtobufReader(bytes, in: tensor)
        while let (field, value) = message.next() {
            switch (field, value) {
            case (1, .number(let code)): port.type = elementType(code)
            case (2, .bytes(let shape)): port.shape = dimensions(bytes, shape)
            default: break
            }
        }
        return port
    }

    private static func dimensions(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> [Int] {
        var shape: [Int] = []
        var message = ProtobufReader(bytes, in: range)
        while shape.count < 16, let (field, value) = message.next() {
            guard field == 1, case .bytes(let part) = value else { continue }
            var size = -1
            var dimension = ProtobufReader(bytes, in: part)
            while let (field, value) = dimension.next() {
                if field == 1, case .number(let number) = value, number > 0, number < 1 << 31 { size = Int(number) }
            }
            shape.append(size)
        }
        return shape
    }

    /// TensorProto.DataType.
    private static func elementType(_ code: UInt64) -> NetworkPort.ElementType {
        switch code {
        case 1: .float32
        case 2: .uint8
        case 3: .int8
        case 6: .int32
        case 7: .int64
        case 9: .bool
        case 10: .float16
        case 11: .float64
        default: .other
        }
    }
}
