import Foundation
import Integrity

/// Blobs of several places as one source.
struct JoinedSource: BlobSource {
    let origins: [SHA256Digest: any BlobSource]
    let place: String

    func index() throws(BundleError) -> LayoutIndex { LayoutIndex() }

    func size(of digest: SHA256Digest) -> Int64? { origins[digest]?.size(of: digest) }

    func stream(
        _ digest: SHA256Digest, size: Int64, into take: (Data) throws(BundleError) -> Void
    ) throws(BundleError) {
        guard let source = origins[digest] else { throw BlobCheck.missing(digest, at: place) }
        try source.stream(digest, size: size, into: take)
    }
}
