import Foundation
import Integrity

/// Compares a blob's bytes, as they come, with the size and digest they should have.
struct BlobCheck {
    private let expected: SHA256Digest
    private let size: Int64
    private let place: String
    private var hasher = SHA256Digest.Hasher()
    private(set) var count: Int64 = 0

    init(_ expected: SHA256Digest, size: Int64, place: String) {
        (self.expected, self.size, self.place) = (expected, size, place)
    }

    mutating func add(_ piece: Data) throws(BundleError) {
        count += Int64(piece.count)
        guard count <= size else {
            throw BundleError(
                "changed: \(expected) has more than its \(size) bytes", at: place, remedy: Self.remedy)
        }
        hasher.update(piece)
    }

    func finish() throws(BundleError) {
        guard count == size else {
            throw BundleError(
                "truncated: \(expected) has \(count) of its \(size) bytes", at: place, remedy: Self.remedy)
        }
        let found = hasher.finish()
        guard found == expected else {
            throw BundleError("changed: \(expected) has the digest \(found)", at: place, remedy: Self.remedy)
        }
    }

    static func missing(_ digest: SHA256Digest, at place: String) -> BundleError {
        BundleError("missing: no blob \(digest)", at: place, remedy: "pull the bundle, or copy it again")
    }

    private static let remedy = "pull the bundle, or copy it again; where it comes back, do not use it"
}
