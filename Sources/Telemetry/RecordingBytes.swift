/// A recording as bytes that can be read at any place, so that containers of any size are searched without loading them.
public protocol RecordingBytes {
    var byteCount: Int64 { get }

    /// The bytes from `offset` on: as many as asked for, fewer at the end, none beyond it.
    ///
    /// - Throws: ``TelemetryError`` where the medium cannot be read.
    func bytes(at offset: Int64, count: Int) throws(TelemetryError) -> [UInt8]
}

extension [UInt8]: RecordingBytes {
    public var byteCount: Int64 { Int64(count) }

    public func bytes(at offset: Int64, count: Int) -> [UInt8] {
        guard offset >= 0, offset < byteCount, count > 0 else { return [] }
        let start = Int(offset)
        return Array(self[start..<start + Swift.min(count, self.count - start)])
    }
}
