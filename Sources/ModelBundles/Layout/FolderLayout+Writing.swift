public import Foundation
import Glibc
public import Integrity

extension FolderLayout {
    /// Stores bytes as a blob; writing the same bytes twice costs nothing.
    @discardableResult
    public func write(_ bytes: Data, mediaType: String) throws(BundleError) -> BlobDescriptor {
        let digest = SHA256Digest(of: bytes)
        if !holds(digest, size: Int64(bytes.count)) { try DurableFile.write(bytes, to: blobPath(digest)) }
        return BlobDescriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
    }

    /// Stores a file's content as a blob, read in pieces.
    public func write(fileAt file: String, mediaType: String) throws(BundleError) -> BlobDescriptor {
        guard let handle = FileHandle(forReadingAtPath: file) else {
            throw BundleError("file cannot be read", at: file, remedy: "name a readable file")
        }
        defer { try? handle.close() }
        let part = "\(path)/blobs/sha256/incoming.\(getpid()).\(UInt32.random(in: 0 ... .max)).part"
        var hasher = SHA256Digest.Hasher()
        let size = try writePart(part) { take throws(BundleError) in
            while true {
                let piece: Data
                do { piece = try handle.read(upToCount: 1 << 20) ?? Data() } catch {
                    throw BundleError("file cannot be read", at: file, remedy: "name a readable file")
                }
                if piece.isEmpty { break }
                hasher.update(piece)
                try take(piece)
            }
        }
        let digest = hasher.finish()
        if holds(digest, size: size) { unlink(part) } else { try DurableFile.move(part, to: blobPath(digest)) }
        return BlobDescriptor(mediaType: mediaType, digest: digest, size: size)
    }

    /// Copies a blob from elsewhere, verified before it gets its name; a blob that is here is verified and kept.
    public func take(_ digest: SHA256Digest, size: Int64, from source: any BlobSource) throws(BundleError) {
        if holds(digest, size: size) { return }
        let part = "\(path)/blobs/sha256/\(digest.hex).\(getpid()).\(UInt32.random(in: 0 ... .max)).part"
        _ = try writePart(part) { take throws(BundleError) in
            try source.stream(digest, size: size) { piece throws(BundleError) in try take(piece) }
        }
        try DurableFile.move(part, to: blobPath(digest))
    }

    /// Whether a blob is here and good; a damaged one is replaced by whoever brings it again.
    public func holds(_ digest: SHA256Digest, size: Int64) -> Bool {
        self.size(of: digest) == size && (try? verifiedPath(digest, size: size)) != nil
    }

    /// Gives a manifest a name in the index.
    public func name(_ manifest: BlobDescriptor, as name: String) throws(BundleError) {
        try withLock { () throws(BundleError) in
            var index = try index()
            index.set(manifest, named: name)
            try DurableFile.write(index.bytes, to: "\(path)/index.json")
        }
    }

    /// Lets one process at a time change the index.
    func withLock<R>(_ body: () throws(BundleError) -> R) throws(BundleError) -> R {
        let file = open("\(path)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw DurableFile.failure("cannot be locked", "\(path)/.lock") }
        defer { close(file) }
        while flock(file, LOCK_EX) != 0 {
            guard errno == EINTR else { throw DurableFile.failure("cannot be locked", "\(path)/.lock") }
        }
        return try body()
    }

    private func writePart(
        _ part: String, _ body: ((Data) throws(BundleError) -> Void) throws(BundleError) -> Void
    ) throws(BundleError) -> Int64 {
        let file = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw DurableFile.failure("cannot be written", part) }
        var size: Int64 = 0
        do throws(BundleError) {
            try body { piece throws(BundleError) in
                size += Int64(piece.count)
                guard size <= BlobDescriptor.maximumSize else {
                    throw BundleError(
                        "oversized: over \(BlobDescriptor.maximumSize) bytes", at: part, remedy: "make smaller files")
                }
                try DurableFile.write(piece, to: file, path: part)
            }
            guard fsync(file) == 0 else { throw DurableFile.failure("cannot be flushed to disk", part) }
        } catch {
            close(file)
            unlink(part)
            throw error
        }
        close(file)
        return size
    }
}
