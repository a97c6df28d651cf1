import Foundation
import Glibc
import Integrity
public import ModelBundles
import ShrikeCore

/// Sends a chain to a registry: blobs it does not have, then manifests, parents first (OCI distribution specification 1.1).
///
/// Blocks; never called on the cooperative pool.
public struct RegistryPush {
    private let connection: RegistryConnection
    private let options: RegistryOptions
    /// Repositories of the same registry where parents may lie already; their blobs are mounted instead of sent.
    private let mountFrom: [String]
    private var result = TransferResult()
    private var total: Int64 = 0
    private var done: Int64 = 0

    public init(
        _ address: RegistryAddress, options: RegistryOptions, mountFrom: [String] = []
    ) throws(RegistryError) {
        (self.options, self.mountFrom) = (options, mountFrom)
        connection = try RegistryConnection(
            address, pushes: true, credentials: options.credentials, caFile: options.caFile,
            isCancelled: options.isCancelled)
    }

    /// Sends the chain and its signatures.
    ///
    /// - Returns: the address under which the top is found now, and what travelled.
    public mutating func push(_ chain: BundleChain) throws -> (address: RegistryAddress, result: TransferResult) {
        for bundle in chain.bundles { total += bundle.manifest.size }
        for bundle in chain.parents.reversed() {
            try push(bundle, tag: RegistryAddress.tag(name: bundle.manifest.name, version: bundle.manifest.version))
        }
        let manifest = chain.top.manifest
        let tag = connection.address.tag ?? RegistryAddress.tag(name: manifest.name, version: manifest.version)
        try push(chain.top, tag: tag)
        var address = connection.address
        (address.tag, address.digest) = (tag, chain.top.digest)
        return (address, result)
    }

    private mutating func push(_ bundle: ModelBundle, tag: String) throws {
        for blob in bundle.manifest.blobs { try push(blob, of: bundle) }
        try put(bundle.source.manifestBytes(bundle.digest), tag: tag)
        guard let signed = try BundleSignature.blobs(of: bundle.digest, in: bundle.source) else { return }
        for blob in signed.blobs { try push(blob, of: bundle) }
        let bytes = try bundle.source.read(
            signed.manifest.digest, size: signed.manifest.size, maximumBytes: BundleManifest.maximumBytes)
        try put(bytes, tag: "sha256-\(bundle.digest.hex).sig")
    }

    private mutating func push(_ blob: BlobDescriptor, of bundle: ModelBundle) throws {
        let root = connection.address.root
        let head = HTTPRequest(method: "HEAD", url: "\(root)/blobs/\(blob.digest)")
        let isThere = try retrying { try connection.send(head).status == 200 }
        if try isThere || mount(blob) {
            result.blobsKept += 1
        } else {
            let bytes = try bundle.source.read(
                blob.digest, size: blob.size, maximumBytes: Int(BlobDescriptor.maximumSize))
            try retrying { try upload(bytes, blob) }
            result.blobsMoved += 1
            result.bytes += blob.size
        }
        done += blob.size
        options.progress?(TransferProgress(file: blob.file ?? "config", bytesTotal: max(total, done), bytesDone: done))
    }

    /// Whether the registry has the blob in a named repository and made it known in this one.
    private func mount(_ blob: BlobDescriptor) throws -> Bool {
        for repository in mountFrom where repository != connection.address.repository {
            let url = "\(connection.address.root)/blobs/uploads/?mount=\(blob.digest)&from=\(repository)"
            let answer = try retrying {
                try connection.send(HTTPRequest(method: "POST", url: url, body: .data(Data())))
            }
            if answer.status == 201 { return true }
        }
        return false
    }

    private func upload(_ bytes: Data, _ blob: BlobDescriptor) throws {
        let begin = "\(connection.address.root)/blobs/uploads/"
        let started = try connection.send(HTTPRequest(method: "POST", url: begin, body: .data(Data())))
        guard started.status == 202, let location = started.headers["location"] else {
            throw refusal("takes no upload", started)
        }
        var url = try connection.absolute(location, from: begin)
        url += (url.contains("?") ? "&" : "?") + "digest=\(blob.digest)"
        let headers = ["Content-Type": "application/octet-stream"]
        let (file, all, before, tell) = (blob.file ?? "config", total, done, options.progress)
        let answer = try connection.send(
            HTTPRequest(method: "PUT", url: url, headers: headers, body: .data(bytes)),
            progress: { sent in
                tell?(TransferProgress(file: file, bytesTotal: max(all, before + sent), bytesDone: before + sent))
            })
        guard answer.status == 201 else { throw refusal("takes no blob \(blob.digest)", answer) }
    }

    private mutating func put(_ manifest: Data, tag: String) throws {
        let url = "\(connection.address.root)/manifests/\(tag)"
        let answer = try retrying {
            try connection.send(
                HTTPRequest(
                    method: "PUT", url: url, headers: ["Content-Type": ModelPackType.imageManifest],
                    body: .data(manifest)))
        }
        guard answer.status == 201 else { throw refusal("takes no manifest", answer) }
        result.bytes += Int64(manifest.count)
    }

    private func retrying<R>(_ work: () throws -> R) throws -> R {
        try connection.retrying(progress: { 0 }, isCancelled: options.isCancelled, work: work)
    }

    private func refusal(_ what: String, _ answer: HTTPAnswer) -> RegistryError {
        let words = (try? JSONValue(parsing: answer.body))?["errors"]?.arrayValue?.first?["message"]?.stringValue
        return RegistryError(
            "the registry \(what) (\(answer.status)\(words.map { ", \($0.prefix(120))" } ?? ""))",
            at: "\(connection.address)", remedy: "check rights and the repository's name")
    }
}
