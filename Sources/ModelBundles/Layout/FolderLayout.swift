public import Foundation
import Glibc
public import Integrity

/// An OCI image layout in a folder: `oci-layout`, `index.json`, `blobs/sha256/<hex>`.
///
/// Blobs are written beside, flushed and renamed, so each is whole or absent; the index is replaced in one step under a
/// lock between processes.
public struct FolderLayout: BlobSource {
    public let path: String

    public var place: String { path }

    /// Opens a layout that is there.
    ///
    /// - Throws: ``BundleError`` where the folder is none.
    public init(opening path: String) throws(BundleError) {
        self.path = path
        try LayoutIndex.checkMarker(Self.small("\(path)/oci-layout", maximumBytes: 1 << 12), at: path)
    }

    /// Opens a layout, and makes an empty one where there is none yet.
    public init(creating path: String) throws(BundleError) {
        self.path = path
        let marker = "\(path)/oci-layout"
        if FileManager.default.fileExists(atPath: marker) {
            try LayoutIndex.checkMarker(Self.small(marker, maximumBytes: 1 << 12), at: path)
        }
        try DurableFile.makeFolder("\(path)/blobs/sha256")
        try withLock { () throws(BundleError) in
            if !FileManager.default.fileExists(atPath: "\(path)/index.json") {
                try DurableFile.write(LayoutIndex().bytes, to: "\(path)/index.json")
            }
            if !FileManager.default.fileExists(atPath: marker) {
                try DurableFile.write(LayoutIndex.marker, to: marker)
            }
        }
    }

    /// Whether a folder says it is a layout.
    public static func isLayout(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/oci-layout")
    }

    public func index() throws(BundleError) -> LayoutIndex {
        let bytes = try Self.small("\(path)/index.json", maximumBytes: LayoutIndex.maximumBytes)
        return try LayoutIndex(parsing: bytes, at: path)
    }

    /// Where a blob lies or would lie.
    public func blobPath(_ digest: SHA256Digest) -> String { "\(path)/blobs/sha256/\(digest.hex)" }

    public func size(of digest: SHA256Digest) -> Int64? {
        var info = stat()
        guard lstat(blobPath(digest), &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(info.st_size)
    }

    public func stream(
        _ digest: SHA256Digest, size: Int64, into take: (Data) throws(BundleError) -> Void
    ) throws(BundleError) {
        let file = open(blobPath(digest), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { throw BlobCheck.missing(digest, at: path) }
        defer { close(file) }
        var check = BlobCheck(digest, size: size, place: path)
        var buffer = Data(count: 1 << 18)
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw DurableFile.failure("cannot be read", blobPath(digest)) }
            if count == 0 { break }
            let piece = buffer.prefix(count)
            try check.add(piece)
            try take(piece)
        }
        try check.finish()
    }

    /// A verified blob's file.
    public func verifiedPath(_ digest: SHA256Digest, size: Int64) throws(BundleError) -> String {
        try stream(digest, size: size) { _ throws(BundleError) in }
        return blobPath(digest)
    }

    static func small(_ path: String, maximumBytes: Int) throws(BundleError) -> Data {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw BundleError(
                "not an OCI image layout: file is missing", at: path,
                remedy: "name a folder or tar with oci-layout, index.json and blobs/")
        }
        defer { try? file.close() }
        guard let bytes = try? file.read(upToCount: maximumBytes + 1) ?? Data(), bytes.count <= maximumBytes else {
            throw BundleError(
                "cannot be read, or is over \(maximumBytes) bytes", at: path, remedy: "copy the layout again")
        }
        return bytes
    }
}
