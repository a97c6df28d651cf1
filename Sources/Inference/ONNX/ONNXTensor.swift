public import Foundation

/// A constant of an ONNX network: TensorProto, its values in `raw_data` (little endian).
public struct ONNXTensor: Hashable, Sendable {
    /// Element types that are written here, with their codes of TensorProto.DataType.
    public enum Element: Int, Sendable {
        case float32 = 1
        case uint8 = 2
        case int8 = 3
        case int32 = 6
        case int64 = 7
    }

    public var name: String
    public var shape: [Int]
    /// Code of TensorProto.DataType; ``element`` where it is one of those written here.
    public var type: Int
    /// The values, little endian, row-major.
    public var raw: Data

    public var element: Element? { Element(rawValue: type) }

    public init(_ name: String, shape: [Int], floats: [Float]) {
        precondition(shape.reduce(1, *) == floats.count, "tensor shape")
        (self.name, self.shape, type) = (name, shape, Element.float32.rawValue)
        raw = floats.withUnsafeBytes { Data($0) }
    }

    public init(_ name: String, shape: [Int], element: Element, raw: Data) {
        (self.name, self.shape, type, self.raw) = (name, shape, element.rawValue, raw)
    }

    public init(_ name: String, shape: [Int], int8: [Int8]) {
        self.init(name, shape: shape, element: .int8, raw: int8.withUnsafeBytes { Data($0) })
    }

    public init(_ name: String, shape: [Int], int32: [Int32]) {
        self.init(name, shape: shape, element: .int32, raw: int32.withUnsafeBytes { Data($0) })
    }

    /// The values of a tensor of 32-bit floats; nil for other types and where bytes are missing.
    public var floats: [Float]? {
        let count = shape.reduce(1, *)
        guard element == .float32, raw.count == 4 * count else { return nil }
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = raw.copyBytes(to: UnsafeMutableRawBufferPointer(buffer)) / 4
        }
    }

    /// Largest number of values that is read.
    private static let maximumCount = 1 << 28

    /// - Returns: nil where the message is malformed, its values are in another file, or their count does not fit.
    init?(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        (name, shape, type, raw) = ("", [], 0, Data())
        var isElsewhere = false
        var numbers: [Int] = []
        var message = ProtobufReader(bytes, in: range)
        while let (field, value) = message.next() {
            switch (field, value) {
            case (1, .number(let size)): shape.append(Int(truncatingIfNeeded: size))
            case (1, .bytes(let part)): shape += ProtobufReader.packedNumbers(bytes, part, limit: 16) ?? [-1]
            case (2, .number(let code)): type = Int(clamping: code)
            case (5, .bytes(let part)), (7, .bytes(let part)):
                guard let read = ProtobufReader.packedNumbers(bytes, part, limit: 1 << 20) else { return nil }
                numbers += read
            case (5, .number(let number)), (7, .number(let number)): numbers.append(Int(truncatingIfNeeded: number))
            case (8, .bytes(let part)): name = message.text(part)
            case (4, .bytes(let part)), (9, .bytes(let part)): raw = Data(bytes[part])
            case (4, .fixed32(let bits)): withUnsafeBytes(of: bits.littleEndian) { raw.append(contentsOf: $0) }
            case (14, .number(let place)): isElsewhere = place == 1
            default: break
            }
        }
        guard !message.failed, !isElsewhere, let width = Self.width(type), let count = Self.count(shape) else {
            return nil
        }
        for number in numbers {
            withUnsafeBytes(of: Int64(number).littleEndian) { raw.append(contentsOf: $0.prefix(width)) }
        }
        guard raw.count == count * width else { return nil }
    }

    /// Values of a shape; nil where it is not possible.
    private static func count(_ shape: [Int]) -> Int? {
        guard shape.count <= 16, shape.allSatisfy({ 0...maximumCount ~= $0 }) else { return nil }
        var count = 1
        for size in shape {
            count *= size
            guard count <= maximumCount else { return nil }
        }
        return count
    }

    /// Bytes of an element; nil for texts, complex numbers and types of less than a byte.
    private static func width(_ type: Int) -> Int? {
        switch type {
        case 2, 3, 9: 1
        case 4, 5, 10, 16: 2
        case 1, 6, 12: 4
        case 7, 11, 13: 8
        default: nil
        }
    }

    func encoded() -> Data {
        var message = ProtobufWriter()
        for size in shape { message.number(1, Int64(size)) }
        message.number(2, Int64(type))
        message.text(8, name)
        message.message(9, raw)
        return message.bytes
    }
}
