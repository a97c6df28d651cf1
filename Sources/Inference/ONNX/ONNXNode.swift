internal import Foundation

/// One operation of an ONNX network.
public struct ONNXNode: Hashable, Sendable {
    public var operation: String
    public var name: String
    public var domain: String
    /// Names of values; empty where an optional one is left out.
    public var inputs: [String]
    public var outputs: [String]
    /// AttributeProto messages, in the file's order; what is not understood is kept as it came.
    public var attributes: [ONNXAttribute]

    public init(
        _ operation: String, name: String = "", inputs: [String], outputs: [String], attributes: [ONNXAttribute] = []
    ) {
        (self.operation, self.name, domain) = (operation, name, "")
        (self.inputs, self.outputs, self.attributes) = (inputs, outputs, attributes)
    }

    init?(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        (operation, name, domain, inputs, outputs, attributes) = ("", "", "", [], [], [])
        var message = ProtobufReader(bytes, in: range)
        while let (field, value) = message.next() {
            guard case .bytes(let part) = value else { continue }
            switch field {
            case 1: inputs.append(message.text(part))
            case 2: outputs.append(message.text(part))
            case 3: name = message.text(part)
            case 4: operation = message.text(part)
            case 5:
                guard let attribute = ONNXAttribute(bytes, part) else { return nil }
                attributes.append(attribute)
            case 7: domain = message.text(part)
            default: break
            }
        }
        guard !message.failed else { return nil }
    }

    func encoded() -> Data {
        var message = ProtobufWriter()
        for input in inputs { message.text(1, input) }
        for output in outputs { message.text(2, output) }
        if !name.isEmpty { message.text(3, name) }
        message.text(4, operation)
        for attribute in attributes { message.message(5, attribute.encoded) }
        if !domain.isEmpty { message.text(7, domain) }
        return message.bytes
    }
}

/// A named setting of a node, kept in its encoded form.
public struct ONNXAttribute: Hashable, Sendable {
    public var name: String
    /// The AttributeProto message.
    let encoded: Data
    /// Value of a setting of type FLOAT.
    public let float: Float?

    public static func float(_ name: String, _ value: Float) -> ONNXAttribute {
        ONNXAttribute(name, type: 1, float: value) { $0.float(2, value) }
    }

    public static func integer(_ name: String, _ value: Int) -> ONNXAttribute {
        ONNXAttribute(name, type: 2) { $0.number(3, Int64(value)) }
    }

    public static func text(_ name: String, _ value: String) -> ONNXAttribute {
        ONNXAttribute(name, type: 3) { $0.text(4, value) }
    }

    public static func integers(_ name: String, _ values: [Int]) -> ONNXAttribute {
        ONNXAttribute(name, type: 7) { $0.packed(8, values) }
    }

    private init(_ name: String, type: Int64, float: Float? = nil, _ body: (inout ProtobufWriter) -> Void) {
        (self.name, self.float) = (name, float)
        var message = ProtobufWriter()
        message.text(1, name)
        body(&message)
        message.number(20, type)
        encoded = message.bytes
    }

    init?(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        var name = ""
        var float: Float?
        var message = ProtobufReader(bytes, in: range)
        while let (field, value) = message.next() {
            switch (field, value) {
            case (1, .bytes(let part)): name = message.text(part)
            case (2, .fixed32(let bits)): float = Float(bitPattern: bits)
            default: break
            }
        }
        guard !message.failed, !name.isEmpty else { return nil }
        (self.name, self.float, encoded) = (name, float, Data(bytes[range]))
    }
}
