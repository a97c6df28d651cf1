import Foundation

/// A weight inside an ONNX file (TensorProto of onnx.proto3).
struct ONNXInitializer {
    var name = ""
    var shape: [Int] = []
    private var type: UInt64 = 0
    private var raw: Data?
    private var floatFields = Data()
    private var isExternal = false

    /// TensorProto.DataType.FLOAT.
    private static let float32: UInt64 = 1

    /// nil where the bytes are no tensor with a name.
    init?(_ bytes: Data) {
        var fields = ProtobufFields(bytes)
        while let field = fields.next() {
            switch (field.number, field.varint, field.message) {
            case (1, let size?, _): shape.append(Int(clamping: size))
            case (1, _, let packed?):
                var sizes = ProtobufFields(packed)
                while let size = sizes.readVarint() { shape.append(Int(clamping: size)) }
            case (2, let code?, _): type = code
            case (4, _, let packed?): floatFields.append(packed)
            case (8, _, let text?): name = String(decoding: text, as: UTF8.self)
            case (9, _, let content?): raw = content
            case (14, let place?, _): isExternal = place == 1
            default: break
            }
        }
        if fields.failed || name.isEmpty { return nil }
    }

    var isFloat32: Bool { type == Self.float32 && !isExternal }

    /// The numbers; nil where they do not fill the shape.
    var values: [Float]? {
        let bytes = raw ?? floatFields
        var size = MemoryLayout<Float>.size
        for dimension in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
            if overflow { return nil }
            size = product
        }
        guard bytes.count == size else { return nil }
        return Tensor(element: .float32, shape: [size / MemoryLayout<Float>.size], bytes: bytes).floats
    }

    /// The same tensor with other numbers, as a message.
    func holding(_ values: [Float]) -> Data {
        var out = Data()
        for size in shape { out.append(ProtobufFields.field(1, varint: UInt64(size))) }
        out.append(ProtobufFields.field(2, varint: Self.float32))
        out.append(ProtobufFields.field(8, Data(name.utf8)))
        out.append(ProtobufFields.field(9, values.withUnsafeBytes { Data($0) }))
        return out
    }
}
