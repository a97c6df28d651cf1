import ShrikeCore

/// Reader of MISB ST 0601 telemetry in MPEG transport streams, as MISB ST 1402 carries it: KLV as private data (stream
/// type 0x06, asynchronous) or in metadata access units (0x15, synchronous), both registered as KLVA.
///
/// Media time counts from the first picture of the program, by the presentation times of the packets; where these carry
/// none, the decoding time of the picture they travel with is taken (some tens of milliseconds). Recordings of up to 13
/// hours. The file is read once, in pieces of a megabyte; packets of 188, 192 and 204 bytes, damaged stretches stepped over.
public enum TransportStreamTrack {
    static let chunkBytes = 1 << 20

    /// Whether the file begins like a transport stream: three packets in a row.
    public static func isTransportStream(_ head: [UInt8]) -> Bool {
        TransportSync.find(in: head, from: 0) != nil && head.count >= 3 * TransportPacket.size
    }

    /// Telemetry of the first KLV stream that carries any; nil where the file has none.
    ///
    /// - Throws: ``TelemetryError`` where there is a KLV stream but no sound packet in it.
    public static func parse(
        _ recording: some RecordingBytes, file: String
    ) throws(TelemetryError) -> TelemetryTrack? {
        var demuxer = TransportDemuxer(file: file)
        var offset: Int64 = 0
        var buffer: [UInt8] = []
        var sync: TransportSync?
        while offset < recording.byteCount {
            let chunk = try recording.bytes(at: offset, count: chunkBytes)
            guard !chunk.isEmpty else { break }
            offset += Int64(chunk.count)
            buffer += chunk
            var position = 0
            while true {
                if let found = sync, position <= buffer.count - TransportPacket.size,
                    buffer[position] == TransportPacket.syncByte
                {
                    try demuxer.take(buffer, at: position)
                    position += found.stride
                } else if position > buffer.count - TransportPacket.size {
                    break
                } else {
                    sync = TransportSync.find(in: buffer, from: position)
                    guard let found = sync else {
                        // A header may begin in the last bytes.
                        position = max(position, buffer.count - 3 * TransportSync.longest)
                        break
                    }
                    position = found.start
                }
            }
            buffer.removeFirst(min(position, buffer.count))
        }
        return try demuxer.finish()
    }
}
