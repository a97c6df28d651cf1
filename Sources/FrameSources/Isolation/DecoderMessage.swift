import ShrikeCore

/// What a source and its decoder process say to each other: a few numbers, then text.
struct DecoderMessage {
    enum Request: Int64 {
        /// Connect and read time-out in milliseconds, processors or -1, 1 for an address on the network, bytes of address
        /// space; the path or address as text.
        case open
        /// Decodes the next frame.
        case grab
        /// Number of the memory that gets the grabbed frame.
        case retrieve
        /// Bytes of address space of a decoder of pictures; said once, before the first.
        case confine
        /// Number of the memory with the file, its bytes, number of the memory for the pixels; then the ``PictureCoding``.
        case picture
        /// Number and bytes of a piece of memory, which comes as descriptor; 1 where it is for reading. Has no reply.
        case memory
        /// Number of a piece of memory that is not used any more. Has no reply.
        case forget
    }

    enum Reply: Int64 {
        /// Of `confine`: bits of what the kernel took. Of `open`: frames a second as bits of a double, width, height, number of
        /// frames or -1; the codec as text.
        /// Of `grab`: microseconds. Of `retrieve` and `picture`: width, height, format.
        case done
        case ended
        /// The decoder cannot; why as text.
        case failed
        /// The memory is too small: width and height of the frame.
        case small
    }

    static let maximumBytes = 16_384
    private static let count = 9

    private(set) var numbers: [Int64]
    private(set) var text: String

    init(_ request: Request, _ numbers: [Int64], text: String = "") {
        (self.numbers, self.text) = ([request.rawValue] + numbers, text)
    }

    init(_ request: Request, _ numbers: Int64..., text: String = "") { self.init(request, numbers, text: text) }

    init(_ reply: Reply, _ numbers: Int64..., text: String = "") {
        (self.numbers, self.text) = ([reply.rawValue] + numbers, text)
    }

    /// Nil for bytes that are no message.
    init?(_ bytes: UnsafeRawBufferPointer) {
        let size = MemoryLayout<Int64>.size
        guard bytes.count >= Self.count * size else { return nil }
        numbers = (0..<Self.count).map { bytes.loadUnaligned(fromByteOffset: $0 * size, as: Int64.self) }
        text = String(decoding: bytes[(Self.count * size)...], as: UTF8.self)
    }

    var bytes: [UInt8] {
        let padded = numbers + Array(repeating: 0, count: Self.count - numbers.count)
        return padded.withUnsafeBytes { Array($0) } + text.utf8.prefix(Self.maximumBytes - 8 * Self.count)
    }

    var request: Request? { Request(rawValue: numbers[0]) }
    var reply: Reply? { Reply(rawValue: numbers[0]) }

    /// The text of a reply, fit for logs and reports: printable and short.
    var reason: String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { $0.properties.generalCategory != .control }.prefix(200)))
    }

    subscript(number: Int) -> Int { Int(numbers[number + 1]) }
}

extension PixelFormat {
    var wireNumber: Int64 {
        switch self {
        case .bgr8: 0
        case .gray8: 1
        case .gray16: 2
        }
    }

    init?(wireNumber: Int) {
        switch wireNumber {
        case 0: self = .bgr8
        case 1: self = .gray8
        case 2: self = .gray16
        default: return nil
        }
    }
}
