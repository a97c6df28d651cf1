import Foundation

/// Files that are on disk before they are named.
enum WholeFile {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Writes and flushes a file; what is left of it after an error is the caller's to remove.
    static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure() }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.write(file, $0.baseAddress?.advanced(by: done), $0.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = failure()
                close(file)
                throw error
            }
            done += count
        }
        guard fsync(file) == 0 else {
            let error = failure()
            close(file)
            throw error
        }
        guard close(file) == 0 else { throw failure() }
    }

    /// Bytes an ordinary user may still write on the disk of `path`; nil where the system does not say.
    static func freeBytes(at path: String) -> Int64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? .max : Int64(clamping: bytes)
    }

    private static func failure() -> Failure { Failure(description: String(cString: strerror(errno))) }
}
