import Foundation

/// Walks over the fields of one protobuf message, each with the bytes it came as, so that unchanged ones can be copied.
struct ProtobufFields {
    struct Field {
        var number: Int
        /// Content of a length-delimited field; nil for all others.
        var message: Data?
        /// Value of a varint field.
        var varint: UInt64?
        /// The field as it came, key included.
        var raw: Data
    }

    private let bytes: Data
    private var position: Data.Index
    /// Set where the bytes are no protobuf.
    private(set) var failed = false

    init(_ bytes: Data) { (self.bytes, position) = (bytes, bytes.startIndex) }

    mutating func next() -> Field? {
        guard position < bytes.endIndex, !failed else { return nil }
        let begin = position
        guard let key = readVarint(), key >> 3 > 0, key >> 3 < 1 << 29 else { return fail() }
        var field = Field(number: Int(key >> 3), raw: Data())
        switch key & 7 {
        case 0:
            guard let value = readVarint() else { return fail() }
            field.varint = value
        case 1: guard skip(8) != nil else { return fail() }
        case 5: guard skip(4) != nil else { return fail() }
        case 2:
            guard let length = readVarint(), let content = skip(length) else { return fail() }
            field.message = content
        default: return fail()
        }
        field.raw = bytes[begin..<position]
        return field
    }

    static func field(_ number: Int, _ message: Data) -> Data {
        var out = Data()
        append(UInt64(number << 3 | 2), to: &out)
        append(UInt64(message.count), to: &out)
        out.append(message)
        return out
    }

    static func field(_ number: Int, varint value: UInt64) -> Data {
        var out = Data()
        append(UInt64(number << 3), to: &out)
        append(value, to: &out)
        return out
    }

    private static func append(_ value: UInt64, to out: inout Data) {
        var rest = value
        while rest > 127 {
            out.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        out.append(UInt8(rest))
    }

    private mutating func fail() -> Field? {
        failed = true
        return nil
    }

    private mutating func skip(_ count: UInt64) -> Data? {
        guard count <= UInt64(bytes.endIndex - position) else { return nil }
        defer { position += Int(count) }
        return bytes[position..<position + Int(count)]
    }

    mutating func readVarint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0, through: 63, by: 7) {
            guard position < bytes.endIndex else { return nil }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 127) << UInt64(shift)
            if byte < 128 { return value }
        }
        return nil
    }
}
