/// Reads the fields of one protocol-buffer message (proto3 wire format) inside borrowed bytes. Never reads outside,
/// never traps; a malformed field ends the message as ``failed``.
struct ProtobufReader {
    enum Value {
        case number(UInt64)
        case fixed32(UInt32)
        /// Position of the bytes in the whole buffer.
        case bytes(Range<Int>)
        case skipped
    }

    private let buffer: UnsafeRawBufferPointer
    private var position: Int
    private let end: Int
    private(set) var failed = false

    init(_ buffer: UnsafeRawBufferPointer, in range: Range<Int>? = nil) {
        self.buffer = buffer
        let range = (range ?? 0..<buffer.count).clamped(to: 0..<buffer.count)
        (position, end) = (range.lowerBound, range.upperBound)
    }

    /// The next field's number and value; nil at the end, or where ``failed``.
    mutating func next() -> (field: Int, value: Value)? {
        guard position < end, !failed else { return nil }
        guard let key = varint(), key >> 3 > 0, key >> 3 < 1 << 29 else { return fail() }
        let field = Int(key >> 3)
        switch key & 7 {
        case 0:
            guard let number = varint() else { return fail() }
            return (field, .number(number))
        case 1: return skip(8) ? (field, .skipped) : fail()
        case 5:
            guard end - position >= 4 else { return fail() }
            defer { position += 4 }
            return (
                field, .fixed32(UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
            )
        case 2:
            guard let length = varint(), length <= UInt64(end - position) else { return fail() }
            let range = position..<position + Int(length)
            position = range.upperBound
            return (field, .bytes(range))
        default: return fail()
        }
    }

    /// Text of a field, at most `limit` bytes of it.
    func text(_ range: Range<Int>, limit: Int = 65_536) -> String {
        String(decoding: buffer[range.prefix(limit)], as: UTF8.self)
    }

    /// Whole numbers of a packed field; nil where malformed or more than `limit`.
    static func packedNumbers(_ buffer: UnsafeRawBufferPointer, _ range: Range<Int>, limit: Int) -> [Int]? {
        var reader = ProtobufReader(buffer, in: range)
        var numbers: [Int] = []
        while reader.position < reader.end {
            guard numbers.count < limit, let number = reader.varint() else { return nil }
            numbers.append(Int(truncatingIfNeeded: number))
        }
        return numbers
    }

    private mutating func fail() -> (field: Int, value: Value)? {
        failed = true
        return nil
    }

    private mutating func skip(_ count: Int) -> Bool {
        guard end - position >= count else { return false }
        position += count
        return true
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < end else { return nil }
            let byte = UInt64(buffer[position])
            position += 1
            value |= (byte & 127) << shift
            if byte < 128 { return value }
        }
        return nil
    }
}
