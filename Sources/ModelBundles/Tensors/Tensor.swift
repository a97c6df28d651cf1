public import Foundation

/// Numbers in a shape, as safetensors stores them: row-major, little-endian.
public struct Tensor: Hashable, Sendable {
    public enum Element: String, Sendable, CaseIterable {
        case float64 = "F64"
        case float32 = "F32"
        case float16 = "F16"
        case int64 = "I64"
        case int32 = "I32"
        case int8 = "I8"
        case uint8 = "U8"

        public var size: Int {
            switch self {
            case .float64, .int64: 8
            case .float32, .int32: 4
            case .float16: 2
            case .int8, .uint8: 1
            }
        }
    }

    public var element: Element
    /// Sizes, outermost first; empty for a single number.
    public var shape: [Int]
    public var bytes: Data

    /// - Precondition: `bytes` holds exactly what element and shape say.
    public init(element: Element, shape: [Int], bytes: Data) {
        precondition(bytes.count == shape.reduce(element.size, *), "bytes do not fit the shape")
        (self.element, self.shape, self.bytes) = (element, shape, bytes)
    }

    public init(_ values: [Float], shape: [Int]) {
        self.init(element: .float32, shape: shape, bytes: values.withUnsafeBytes { Data($0) })
    }

    public init(_ values: [Double], shape: [Int]) {
        self.init(element: .float64, shape: shape, bytes: values.withUnsafeBytes { Data($0) })
    }

    public init(_ values: [Int64], shape: [Int]) {
        self.init(element: .int64, shape: shape, bytes: values.withUnsafeBytes { Data($0) })
    }

    public init(_ values: [Int8], shape: [Int]) {
        self.init(element: .int8, shape: shape, bytes: values.withUnsafeBytes { Data($0) })
    }

    public var count: Int { shape.reduce(1, *) }

    /// All numbers as `Float`, whatever they are stored as; F64 and I64 are rounded.
    public var floats: [Float] {
        switch element {
        case .float32: numbers(Float.self)
        case .float64: numbers(Double.self).map { Float($0) }
        case .float16: numbers(UInt16.self).map(Self.float)
        case .int64: numbers(Int64.self).map { Float($0) }
        case .int32: numbers(Int32.self).map { Float($0) }
        case .int8: numbers(Int8.self).map { Float($0) }
        case .uint8: bytes.map { Float($0) }
        }
    }

    /// All numbers as `Double`, exact but for large I64.
    public var doubles: [Double] {
        switch element {
        case .float64: numbers(Double.self)
        case .int64: numbers(Int64.self).map { Double($0) }
        case .int32: numbers(Int32.self).map { Double($0) }
        default: floats.map { Double($0) }
        }
    }

    /// Whether any number is NaN or infinite.
    public var hasNonFinite: Bool {
        switch element {
        case .float32: numbers(UInt32.self).contains { $0 & 0x7F80_0000 == 0x7F80_0000 }
        case .float64: numbers(UInt64.self).contains { $0 & 0x7FF0_0000_0000_0000 == 0x7FF0_0000_0000_0000 }
        case .float16: numbers(UInt16.self).contains { $0 & 0x7C00 == 0x7C00 }
        default: false
        }
    }

    private func numbers<T: BitwiseCopyable>(_ type: T.Type) -> [T] {
        let count = self.count
        return [T](unsafeUninitializedCapacity: count) { buffer, initialized in
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
            initialized = count
        }
    }

    /// IEEE 754 binary16 to binary32.
    private static func float(half: UInt16) -> Float {
        let sign: Float = half & 0x8000 == 0 ? 1 : -1
        let exponent = Int(half >> 10 & 31)
        let fraction = Float(half & 1023)
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
        }
    }
}
