public import Foundation
public import Integrity

/// Where blobs and the names of manifests are read from: a folder, a tar, a registry's copy on a stick.
///
/// Every read checks size and digest; bytes that differ are never handed out as good.
public protocol BlobSource: Sendable {
    /// What a person calls it, for messages.
    var place: String { get }

    /// The names of manifests.
    func index() throws(BundleError) -> LayoutIndex

    /// Bytes of a blob as it lies there, unverified; nil where there is none.
    func size(of digest: SHA256Digest) -> Int64?

    /// Lends a blob's bytes in pieces, in order; they are good only once this returns.
    func stream(
        _ digest: SHA256Digest, size: Int64, into take: (Data) throws(BundleError) -> Void
    ) throws(BundleError)
}

extension BlobSource {
    /// A blob that fits in memory, verified.
    public func read(_ digest: SHA256Digest, size: Int64, maximumBytes: Int) throws(BundleError) -> Data {
        guard size <= Int64(maximumBytes) else {
            throw BundleError(
                "oversized: \(digest) has \(size) bytes, over the limit of \(maximumBytes)", at: place,
                remedy: "make a smaller file")
        }
        var bytes = Data()
        try stream(digest, size: size) { piece throws(BundleError) in bytes.append(piece) }
        return bytes
    }

    /// The manifest with this digest, as it was written.
    public func manifestBytes(_ digest: SHA256Digest) throws(BundleError) -> Data {
        guard let size = size(of: digest) else {
            throw BundleError("no manifest \(digest)", at: place, remedy: "pull the bundle, or copy it there again")
        }
        return try read(digest, size: size, maximumBytes: BundleManifest.maximumBytes)
    }

    /// The bundle with this manifest digest; its layers are checked when they are read.
    public func bundle(_ digest: SHA256Digest) throws(BundleError) -> ModelBundle {
        let manifest = try BundleManifest(parsing: manifestBytes(digest), at: "\(place) (\(digest))")
        return ModelBundle(digest: digest, manifest: manifest, source: self)
    }

    /// Checks that size and digest of every blob of a bundle are what its manifest says.
    public func verifyBlobs(of manifest: BundleManifest) throws(BundleError) {
        for blob in manifest.blobs { try stream(blob.digest, size: blob.size) { _ throws(BundleError) in } }
    }
}
