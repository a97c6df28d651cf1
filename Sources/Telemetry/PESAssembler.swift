/// Puts the PES packets of one elementary stream together (ISO/IEC 13818-1, 2.4.3.6).
struct PESAssembler {
    struct Unit {
        /// In units of 1/90,000 s, 33 bits.
        var time: Int64?
        var payload: ArraySlice<UInt8>
    }

    /// Far more than a metadata packet has; a longer one is left out.
    static let mostBytes = 1 << 20

    private var buffer: [UInt8] = []
    private var isOpen = false
    private var expected: UInt8?
    /// Packets that were lost or damaged on the way.
    private(set) var gaps = 0

    /// The PES packets that end with this payload.
    mutating func take(_ packet: TransportPacket, _ bytes: [UInt8]) -> [Unit] {
        if let expected, packet.continuity != expected {
            // The same number again is a repeated packet.
            if packet.continuity == (expected &- 1) & 0x0F, !packet.startsUnit { return [] }
            gaps += 1
            isOpen = false
        }
        expected = (packet.continuity + 1) & 0x0F
        var found: [Unit] = []
        if packet.startsUnit {
            // A packet without a length ends where the next one begins.
            if isOpen, let unit = Self.unit(buffer, isWhole: true) { found.append(unit) }
            (buffer, isOpen) = ([], true)
        }
        guard isOpen else { return found }
        buffer += bytes[packet.payload]
        if buffer.count > Self.mostBytes {
            (buffer, isOpen) = ([], false)
        } else if let unit = Self.unit(buffer, isWhole: false) {
            found.append(unit)
            (buffer, isOpen) = ([], false)
        }
        return found
    }

    /// What is left when the stream ends.
    mutating func finish() -> Unit? {
        defer { (buffer, isOpen) = ([], false) }
        return isOpen ? Self.unit(buffer, isWhole: true) : nil
    }

    /// - Parameter isWhole: nothing follows, so a packet without a length is complete.
    private static func unit(_ bytes: [UInt8], isWhole: Bool) -> Unit? {
        guard bytes.count >= 9, bytes.starts(with: [0, 0, 1]) else { return nil }
        let length = Int(bytes[4]) << 8 | Int(bytes[5])
        let end = length > 0 ? 6 + length : bytes.count
        guard length > 0 ? bytes.count >= end : isWhole else { return nil }
        let start = 9 + Int(bytes[8])
        guard start <= end else { return nil }
        return Unit(time: time(bytes), payload: bytes[start..<end])
    }

    /// The presentation time of a PES header; also of one whose payload is not needed.
    static func time(_ bytes: some RandomAccessCollection<UInt8>) -> Int64? { times(bytes)?.shown }

    /// When the unit is shown, and when it is decoded, which is how units follow each other in the stream.
    static func times(_ bytes: some RandomAccessCollection<UInt8>) -> (shown: Int64, decoded: Int64)? {
        let head = Array(bytes.prefix(19))
        guard head.count >= 14, head.starts(with: [0, 0, 1]), head[7] & 0x80 != 0, head[8] >= 5 else { return nil }
        let shown = stamp(head[9..<14])
        let hasDecoding = head[7] & 0x40 != 0 && head[8] >= 10 && head.count == 19
        return (shown, hasDecoding ? stamp(head[14..<19]) : shown)
    }

    /// 33 bits of five bytes, with marker bits between them.
    private static func stamp(_ bytes: ArraySlice<UInt8>) -> Int64 {
        let all = bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) }
        return (all >> 33 & 7) << 30 | (all >> 17 & 0x7FFF) << 15 | all >> 1 & 0x7FFF
    }
}
