/// Puts the tables of a transport stream together from packets of one identifier (ISO/IEC 13818-1, 2.4.4).
struct TransportSections {
    /// The longest section there is.
    static let mostBytes = 4096

    private var buffer: [UInt8] = []
    private var isOpen = false

    /// The sections that end in this payload, those with a wrong checksum left out.
    mutating func take(_ payload: ArraySlice<UInt8>, startsUnit: Bool) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var rest = payload
        if startsUnit {
            guard let pointer = rest.popFirst(), Int(pointer) <= rest.count else {
                isOpen = false
                return []
            }
            if isOpen { append(rest.prefix(Int(pointer)), &found) }
            rest = rest.dropFirst(Int(pointer))
            (buffer, isOpen) = ([], true)
        }
        if isOpen { append(rest, &found) }
        return found
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>, _ found: inout [[UInt8]]) {
        buffer += bytes
        // Stuffing of 0xFF follows the last section of a packet.
        while buffer.count >= 3, buffer[0] != 0xFF {
            let length = 3 + (Int(buffer[1] & 0x0F) << 8 | Int(buffer[2]))
            guard length <= Self.mostBytes else {
                isOpen = false
                return
            }
            guard buffer.count >= length else { return }
            let section = Array(buffer.prefix(length))
            if Self.checksum(section) == 0 { found.append(section) }
            buffer.removeFirst(length)
        }
        if buffer.first == 0xFF { isOpen = false }
    }

    /// CRC-32/MPEG-2; over a whole section with its own checksum it is 0.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte) << 24
            for _ in 0..<8 { crc = crc & 0x8000_0000 != 0 ? crc << 1 ^ 0x04C1_1DB7 : crc << 1 }
        }
        return crc
    }
}
