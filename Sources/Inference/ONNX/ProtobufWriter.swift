internal import Foundation

/// Writes the fields of one protocol-buffer message (proto3 wire format).
struct ProtobufWriter {
    private(set) var bytes = Data()

    mutating func number(_ field: Int, _ value: Int64) {
        varint(UInt64(field) << 3)
        varint(UInt64(bitPattern: value))
    }

    mutating func float(_ field: Int, _ value: Float) {
        varint(UInt64(field) << 3 | 5)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func message(_ field: Int, _ content: Data) {
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(content.count))
        bytes.append(content)
    }

    mutating func text(_ field: Int, _ value: String) { message(field, Data(value.utf8)) }

    /// A message written by `body`.
    mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        body(&inner)
        message(field, inner.bytes)
    }

    /// Repeated whole numbers in one field.
    mutating func packed(_ field: Int, _ values: [Int]) {
        var inner = ProtobufWriter()
        for value in values { inner.varint(UInt64(bitPattern: Int64(value))) }
        message(field, inner.bytes)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest > 127 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
