/// Where packets of a transport stream begin and how far they are apart.
struct TransportSync {
    static let longest = 204

    var start: Int
    /// 188, 192 (with a time stamp of the recorder before each) or 204 (with error correction behind each).
    var stride: Int

    /// The first byte from which three packets follow each other.
    static func find(in bytes: [UInt8], from start: Int) -> TransportSync? {
        for index in Swift.stride(from: max(0, start), through: bytes.count - 2 * 188 - 1, by: 1)
        where bytes[index] == TransportPacket.syncByte {
            for step in [188, 192, 204] where index + 2 * step < bytes.count {
                if bytes[index + step] == TransportPacket.syncByte,
                    bytes[index + 2 * step] == TransportPacket.syncByte
                {
                    return TransportSync(start: index, stride: step)
                }
            }
        }
        return nil
    }
}
