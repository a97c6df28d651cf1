import Foundation
import Glibc

/// Files that are whole or not there, whatever happens in between: written beside, flushed to disk, renamed.
enum DurableFile {
    static func write(_ bytes: Data, to path: String) throws(BundleError) {
        let part = "\(path).\(ProcessInfo.processInfo.processIdentifier).\(UInt32.random(in: 0 ... .max)).part"
        let file = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure("cannot be written", part) }
        do throws(BundleError) {
            try write(bytes, to: file, path: part)
            guard fsync(file) == 0 else { throw failure("cannot be flushed to disk", part) }
        } catch {
            close(file)
            unlink(part)
            throw error
        }
        close(file)
        try move(part, to: path)
    }

    /// Renames into place and flushes the folder, so that the name is on disk too.
    static func move(_ part: String, to path: String) throws(BundleError) {
        guard rename(part, path) == 0 else {
            let error = failure("cannot be renamed", path)
            unlink(part)
            throw error
        }
        try flushFolder(of: path)
    }

    static func flushFolder(of path: String) throws(BundleError) {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw failure("cannot be opened", folder) }
        defer { close(handle) }
        guard fsync(handle) == 0 else { throw failure("cannot be flushed to disk", folder) }
    }

    static func write(_ bytes: Data, to file: Int32, path: String) throws(BundleError) {
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + offset, bytes.count - offset) }
            guard written > 0 else {
                if written < 0, errno == EINTR { continue }
                throw failure("cannot be written", path)
            }
            offset += written
        }
    }

    static func makeFolder(_ path: String) throws(BundleError) {
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw BundleError("folder cannot be made", at: path, remedy: "choose a folder this user may write to")
        }
    }

    static func failure(_ what: String, _ path: String) -> BundleError {
        let reason = String(cString: strerror(errno))
        return BundleError("\(what) (\(reason))", at: path, remedy: "look at the disk's space and the folder's rights")
    }
}
