public import Foundation
import Glibc
public import Integrity

/// A blob that arrives in pieces, maybe over several attempts: `blobs/sha256/<hex>.part` until it is whole and verified.
///
/// One process at a time; what an interrupted attempt wrote is kept and hashed again when it is opened.
public final class PartialBlob {
    private let layout: FolderLayout
    private let digest: SHA256Digest
    private let size: Int64
    private let file: Int32
    private var hasher = SHA256Digest.Hasher()
    /// Bytes that are there.
    public private(set) var count: Int64 = 0

    private var path: String { layout.blobPath(digest) + ".part" }

    /// Opens what is there, waiting for another process that writes it.
    public init(_ digest: SHA256Digest, size: Int64, in layout: FolderLayout) throws(BundleError) {
        (self.layout, self.digest, self.size) = (layout, digest, size)
        let path = layout.blobPath(digest) + ".part"
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { throw DurableFile.failure("cannot be written", path) }
        while flock(file, LOCK_EX) != 0 {
            guard errno == EINTR else {
                close(file)
                throw DurableFile.failure("cannot be locked", path)
            }
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let got = read(file, &buffer, buffer.count)
            guard got > 0 else { break }
            hasher.update(buffer[..<got])
            count += Int64(got)
        }
        if count > size { try restart() }
    }

    deinit { close(file) }

    /// Forgets what is there.
    public func restart() throws(BundleError) {
        guard ftruncate(file, 0) == 0, lseek(file, 0, SEEK_SET) == 0 else {
            throw DurableFile.failure("cannot be written", path)
        }
        (count, hasher) = (0, SHA256Digest.Hasher())
    }

    /// Appends a piece.
    ///
    /// - Throws: ``BundleError`` where more comes than the blob's size.
    public func append(_ piece: Data) throws(BundleError) {
        guard count + Int64(piece.count) <= size else {
            try restart()
            throw BundleError(
                "changed: more than the \(size) bytes of \(digest) came", at: layout.place,
                remedy: "ask who runs the registry")
        }
        try DurableFile.write(piece, to: file, path: path)
        hasher.update(piece)
        count += Int64(piece.count)
    }

    /// Gives the blob its name where it is what its digest says, flushed to disk; else forgets it.
    ///
    /// - Throws: ``BundleError`` telling both digests.
    public func finish() throws(BundleError) {
        let found = hasher.finish()
        guard count == size, found == digest else {
            let bytes = count
            try restart()
            throw BundleError(
                "changed: \(bytes) bytes of digest \(found) came instead of \(size) of \(digest)", at: layout.place,
                remedy: "ask who runs the registry")
        }
        guard fsync(file) == 0 else { throw DurableFile.failure("cannot be flushed to disk", path) }
        try DurableFile.move(path, to: layout.blobPath(digest))
    }
}
