import Foundation

/// A recording on disk, open for reading; calls block, so they belong on a thread of their own.
public final class RecordingFile: RecordingBytes {
    public let byteCount: Int64
    private let name: String
    private let descriptor: Int32

    /// - Parameter name: For errors; nil takes the last part of the path.
    public init(path: String, name: String? = nil) throws(TelemetryError) {
        self.name = name ?? URL(filePath: path).lastPathComponent
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw TelemetryError(
                "the file cannot be opened: \(String(cString: strerror(errno)))", at: self.name,
                remedy: "check path and permissions")
        }
        byteCount = max(0, Int64(lseek(descriptor, 0, SEEK_END)))
    }

    deinit { close(descriptor) }

    public func bytes(at offset: Int64, count: Int) throws(TelemetryError) -> [UInt8] {
        guard offset >= 0, offset < byteCount, count > 0 else { return [] }
        let wanted = Int(min(Int64(count), byteCount - offset))
        var buffer = [UInt8](repeating: 0, count: wanted)
        var filled = 0
        while filled < wanted {
            let got = buffer.withUnsafeMutableBytes { bytes in
                // The buffer holds `wanted` bytes, so the rest of it is never empty here.
                pread(descriptor, bytes.baseAddress.map { $0 + filled }, wanted - filled, off_t(offset) + off_t(filled))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw TelemetryError(
                    "reading failed: \(String(cString: strerror(errno)))", at: name,
                    remedy: "copy the file from the card again")
            }
            if got == 0 { break }
            filled += got
        }
        return filled == wanted ? buffer : Array(buffer.prefix(filled))
    }
}
