/// Takes the headers off metadata access units and joins their parts (ISO/IEC 13818-1, 2.12.4).
struct MetadataCells {
    private var parts: [UInt8] = []

    /// The whole access units of one PES payload. A payload that begins with the key of a packet has no headers: some
    /// encoders leave them out.
    mutating func take(_ payload: ArraySlice<UInt8>) -> [[UInt8]] {
        if payload.starts(with: MISBPacket.key.prefix(4)) { return [Array(payload)] }
        var units: [[UInt8]] = []
        var rest = payload
        while rest.count >= 5 {
            let head = Array(rest.prefix(5))
            let length = Int(head[3]) << 8 | Int(head[4])
            rest = rest.dropFirst(5)
            // A cell that claims more than there is is cut; its packet's checksum will tell.
            let content = rest.prefix(length)
            rest = rest.dropFirst(length)
            let isFirst = head[2] & 0x80 != 0
            let isLast = head[2] & 0x40 != 0
            if isFirst { parts = [] }
            guard parts.count + content.count <= PESAssembler.mostBytes else {
                parts = []
                continue
            }
            parts += content
            if isLast {
                units.append(parts)
                parts = []
            }
        }
        return units
    }
}
