/// Writes MPEG transport streams with a video stream (headers of pictures only) and a KLV stream.
struct TransportWriter {
    enum Carriage { case asynchronous, synchronous, synchronousWithoutHeaders }

    static let (map, video, klv) = (0x1000, 0x100, 0x101)

    private(set) var bytes: [UInt8] = []
    private var continuity: [Int: UInt8] = [:]
    private var cell: UInt8 = 0
    let carriage: Carriage
    let stride: Int

    init(_ carriage: Carriage, stride: Int = 188, isRegistered: Bool = true) {
        (self.carriage, self.stride) = (carriage, stride)
        section(identifier: 0, table: 0, [0, 1, 0xF0, 0x00].replacingMap(Self.map))
        let registration: [UInt8] = isRegistered ? [5, 4, 0x4B, 0x4C, 0x56, 0x41] : [5, 4, 1, 2, 3, 4]
        let type: UInt8 = carriage == .asynchronous ? 0x06 : 0x15
        section(
            identifier: Self.map, table: 2,
            [0xE1, 0x00, 0xF0, 0x00, 0x1B, 0xE1, 0x00, 0xF0, 0x00, type, 0xE1, 0x01, 0xF0, UInt8(registration.count)]
                + registration)
    }

    mutating func picture(at time: Int64) { pes(Self.video, 0xE0, time, [0, 0, 1, 9, 0x10]) }

    mutating func packet(_ klv: [UInt8], at time: Int64?) {
        guard carriage == .synchronous else {
            pes(Self.klv, carriage == .asynchronous ? 0xBD : 0xFC, time, klv)
            return
        }
        // Two cells: the first and the last part of the unit.
        let half = klv.count / 2
        var payload: [UInt8] = []
        for (flags, part) in [(UInt8(0x8F), klv[..<half]), (0x4F, klv[half...])] {
            payload += [0, cell, flags, UInt8(part.count >> 8), UInt8(part.count & 255)] + part
            cell &+= 1
        }
        pes(Self.klv, 0xFC, time, payload)
    }

    private mutating func pes(_ identifier: Int, _ stream: UInt8, _ time: Int64?, _ payload: [UInt8]) {
        var head: [UInt8] = [0x80, 0, 0]
        if let time {
            head = [
                0x80, 0x80, 5, UInt8(0x21 | (time >> 29) & 0x0E), UInt8(truncatingIfNeeded: time >> 22),
                UInt8(1 | (time >> 14) & 0xFE), UInt8(truncatingIfNeeded: time >> 7), UInt8(1 | (time << 1) & 0xFE),
            ]
        }
        let length = head.count + payload.count
        // A packet of video may leave its length out.
        let isOpen = identifier == Self.video
        packets(
            identifier,
            [0, 0, 1, stream, isOpen ? 0 : UInt8(length >> 8), isOpen ? 0 : UInt8(length & 255)] + head + payload)
    }

    private mutating func section(identifier: Int, table: UInt8, _ content: [UInt8]) {
        let length = content.count + 9
        var section: [UInt8] = [table, 0xB0 | UInt8(length >> 8), UInt8(length & 255), 0, 1, 0xC1, 0, 0] + content
        var crc: UInt32 = 0xFFFF_FFFF
        for bit in section.flatMap({ byte in (0..<8).map { byte >> (7 - $0) & 1 } }) {
            let top = UInt8(crc >> 31) ^ bit
            crc = crc << 1 ^ (top == 1 ? 0x04C1_1DB7 : 0)
        }
        section += (0..<4).map { UInt8(truncatingIfNeeded: crc >> (24 - 8 * $0)) }
        packets(identifier, [0] + section, stuffing: false)
    }

    private mutating func packets(_ identifier: Int, _ payload: [UInt8], stuffing: Bool = true) {
        var rest = payload[...]
        var isFirst = true
        while !rest.isEmpty {
            let counter = continuity[identifier] ?? 0
            continuity[identifier] = (counter + 1) & 0x0F
            let head: [UInt8] = [
                0x47, (isFirst ? 0x40 : 0) | UInt8(identifier >> 8), UInt8(identifier & 255),
            ]
            let part = rest.prefix(184)
            rest = rest.dropFirst(184)
            isFirst = false
            bytes += [UInt8](repeating: 0, count: stride == 192 ? 4 : 0)
            if part.count == 184 || !stuffing {
                bytes += head + [0x10 | counter] + part + [UInt8](repeating: 0xFF, count: 184 - part.count)
            } else {
                let fill = 183 - part.count
                bytes += head + [0x30 | counter, UInt8(fill)]
                if fill > 0 { bytes += [0] + [UInt8](repeating: 0xFF, count: fill - 1) }
                bytes += part
            }
            bytes += [UInt8](repeating: 0, count: stride == 204 ? 16 : 0)
        }
    }
}

extension [UInt8] {
    fileprivate func replacingMap(_ identifier: Int) -> [UInt8] {
        [self[0], self[1], 0xE0 | UInt8(identifier >> 8), UInt8(identifier & 255)]
    }
}
