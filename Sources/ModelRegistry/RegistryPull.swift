import Foundation
import Integrity
public import ModelBundles
import ShrikeCore

/// Fetches a bundle and what it rides on into a store: only blobs that are not there travel, interrupted ones go on at their
/// last byte, and nothing gets a name before all of it is verified.
///
/// Blocks; never called on the cooperative pool.
public struct RegistryPull {
    private let connection: RegistryConnection
    private let options: RegistryOptions
    private let store: ModelStore
    private var result = TransferResult()
    private var total: Int64 = 0
    private var done: Int64 = 0

    public init(_ address: RegistryAddress, into store: ModelStore, options: RegistryOptions) throws(RegistryError) {
        (self.options, self.store) = (options, store)
        connection = try RegistryConnection(
            address, pushes: false, credentials: options.credentials, caFile: options.caFile,
            isCancelled: options.isCancelled)
    }

    /// What came: the chain, still without a name in the store.
    public struct Arrival: Sendable {
        public var chain: BundleChain
        public var result: TransferResult
    }

    /// Fetches all blobs and manifests.
    ///
    /// - Throws: ``RegistryError`` or ``ModelBundles/BundleError``; what arrived is kept for the next attempt.
    public mutating func pull() throws -> Arrival {
        let address = connection.address
        guard let reference = address.digest?.description ?? address.tag else {
            throw RegistryError(
                "address names neither tag nor digest", at: "\(address)", remedy: "add :TAG or @sha256:...")
        }
        var manifests = [try manifest(reference)]
        while let parent = manifests[manifests.count - 1].manifest.parent, manifests.count < 3 {
            if let here = try? store.layout.bundle(parent) {
                manifests.append(here)
            } else {
                manifests.append(try manifest(parent.description))
            }
        }
        try pullBlobs(of: manifests)
        for bundle in manifests { try pullSignatures(of: bundle.digest) }
        let chain = try BundleChain.resolve(store.layout.bundle(manifests[0].digest))
        return Arrival(chain: chain, result: result)
    }

    /// A manifest by tag or digest, stored under its digest.
    private mutating func manifest(_ reference: String) throws -> ModelBundle {
        let answer = try get("manifests/\(reference)", accept: ModelPackType.imageManifest)
        guard answer.status == 200 else { throw missing("no manifest \(reference)", answer) }
        let digest = SHA256Digest(of: answer.body)
        if let wanted = SHA256Digest(reference), wanted != digest {
            throw BundleError(
                "changed: manifest \(wanted) came with the digest \(digest)", at: "\(connection.address)",
                remedy: "ask who runs the registry")
        }
        // Read before it is written: what is no bundle does not enter the store.
        let manifest = try BundleManifest(parsing: answer.body, at: "\(connection.address)")
        try store.layout.write(answer.body, mediaType: ModelPackType.imageManifest)
        result.bytes += Int64(answer.body.count)
        return ModelBundle(digest: digest, manifest: manifest, source: store.layout)
    }

    private mutating func pullBlobs(of bundles: [ModelBundle]) throws {
        var wanted: [BlobDescriptor] = []
        var seen: Set<SHA256Digest> = []
        for blob in bundles.reversed().flatMap(\.manifest.blobs) where seen.insert(blob.digest).inserted {
            if store.layout.holds(blob.digest, size: blob.size) {
                result.blobsKept += 1
            } else {
                wanted.append(blob)
                total += blob.size
            }
        }
        for blob in wanted {
            try pull(blob)
            result.blobsMoved += 1
        }
    }

    private mutating func pullSignatures(of digest: SHA256Digest) throws {
        let answer = try get("manifests/sha256-\(digest.hex).sig", accept: ModelPackType.imageManifest)
        guard answer.status == 200 else { return }
        let blobs = try BundleSignature.blobs(inManifest: answer.body, at: "\(connection.address)")
        for blob in blobs where !store.layout.holds(blob.digest, size: blob.size) {
            try pull(blob)
            result.blobsMoved += 1
        }
        result.bytes += Int64(answer.body.count)
        let manifest = try store.layout.write(answer.body, mediaType: ModelPackType.imageManifest)
        try store.layout.name(manifest, as: "sha256-\(digest.hex).sig")
    }

    private mutating func pull(_ blob: BlobDescriptor) throws {
        let part = try PartialBlob(blob.digest, size: blob.size, in: store.layout)
        var received: Int64 = 0
        let work = {
            var before: Int64 = -1
            // A server may send less than it was asked for; one that sends nothing more is done.
            while part.count < blob.size, received > before {
                before = received
                try fetch(blob, into: part, received: &received)
            }
            try part.finish()
        }
        try connection.retrying(progress: { received }, isCancelled: options.isCancelled, work: work)
        result.bytes += received
        done += blob.size
    }

    /// One request for what is missing of a blob.
    private func fetch(_ blob: BlobDescriptor, into part: PartialBlob, received: inout Int64) throws {
        var headers: [String: String] = [:]
        if part.count > 0 { headers["Range"] = "bytes=\(part.count)-" }
        let request = HTTPRequest(
            method: "GET", url: "\(connection.address.root)/blobs/\(blob.digest)", headers: headers)
        var isFirst = true
        var count: Int64 = 0
        let take: (Int, [String: String], Data) throws -> Bool = { status, answered, piece in
            guard status == 200 || status == 206 else { return false }
            if isFirst, part.count > 0, status == 200 || !Self.continues(answered, at: part.count) {
                // A server that ignores Range begins anew.
                try part.restart()
            }
            isFirst = false
            try part.append(piece)
            count += Int64(piece.count)
            let arrived = done + part.count
            options.progress?(
                TransferProgress(file: blob.file ?? "config", bytesTotal: max(total, arrived), bytesDone: arrived))
            return true
        }
        defer { received += count }
        let answer = try connection.send(request, take: take)
        switch answer.status {
        case 200, 206: break
        // What is here is no beginning of the blob.
        case 416: try part.restart()
        default: throw missing("no blob \(blob.digest)", answer)
        }
    }

    /// Whether a partial answer begins at this byte.
    private static func continues(_ headers: [String: String], at offset: Int64) -> Bool {
        headers["content-range"]?.hasPrefix("bytes \(offset)-") == true
    }

    private func get(_ path: String, accept: String) throws -> HTTPAnswer {
        let request = HTTPRequest(
            method: "GET", url: "\(connection.address.root)/\(path)", headers: ["Accept": accept])
        let send = { try connection.send(request) }
        return try connection.retrying(progress: { 0 }, isCancelled: options.isCancelled, work: send)
    }

    private func missing(_ what: String, _ answer: HTTPAnswer) -> RegistryError {
        RegistryError(
            "the registry has \(what) (\(answer.status))", at: "\(connection.address)",
            remedy: "check repository and tag; push the bundle with its parents")
    }
}
