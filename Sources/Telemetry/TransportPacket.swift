/// The header of one packet of an MPEG transport stream (ISO/IEC 13818-1, 2.4.3) and where its payload lies.
struct TransportPacket {
    static let size = 188
    static let syncByte: UInt8 = 0x47

    var identifier: Int
    /// A section or a PES packet starts in the payload.
    var startsUnit: Bool
    var continuity: UInt8
    var payload: Range<Int>

    /// Nil where the packet is marked as damaged, is scrambled, has no payload, or is no packet.
    init?(_ bytes: [UInt8], at start: Int) {
        guard start >= 0, start <= bytes.count - Self.size, bytes[start] == Self.syncByte else { return nil }
        let (second, fourth) = (bytes[start + 1], bytes[start + 3])
        guard second & 0x80 == 0, fourth & 0xC0 == 0, fourth & 0x10 != 0 else { return nil }
        identifier = Int(second & 0x1F) << 8 | Int(bytes[start + 2])
        startsUnit = second & 0x40 != 0
        continuity = fourth & 0x0F
        let skipped = fourth & 0x20 != 0 ? 1 + Int(bytes[start + 4]) : 0
        guard 4 + skipped < Self.size else { return nil }
        payload = start + 4 + skipped..<start + Self.size
    }
}
