import Foundation
import Integrity
import ModelBundles
import ModelRegistry
import ShrikeCore

extension ModelDesk {
    /// How far a transfer is, for a progress line.
    public struct Progress: Sendable {
        public var file: String
        public var bytesDone: Int64
        public var bytesTotal: Int64
    }

    /// Sends a bundle with its parents and signatures to a registry, a layout folder (`oci:PATH`) or a tar.
    public func push(
        _ text: String, to target: String, mountFrom: [String], progress: @escaping @Sendable (Progress) -> Void
    ) async throws -> Answer {
        let chain = try resolve(text)
        if target.hasPrefix("oci:") || target.hasSuffix(".tar") { return try push(chain, toPlace: target) }
        let address = try RegistryAddress(target)
        let cancellation = Cancellation()
        let options = try registryOptions(address, cancellation, progress)
        let (found, result) = try await withTaskCancellationHandler {
            try await BlockingThread(label: "push").run {
                var push = try RegistryPush(address, options: options, mountFrom: mountFrom)
                return try push.push(chain)
            }
        } onCancel: {
            cancellation.cancel()
        }
        return Answer(
            text: """
                pushed  \(chain.top.manifest.reference)  \(found)
                  \(Self.bytes(result.bytes)) sent, \(result.blobsMoved) files; \(result.blobsKept) were there
                """,
            json: .object([
                "reference": .string(chain.top.manifest.reference), "address": .string("\(found)"),
                "digest": .string(chain.top.digest.description), "bytes": .integer(result.bytes),
                "files_sent": .integer(Int64(result.blobsMoved)), "files_there": .integer(Int64(result.blobsKept)),
            ]))
    }

    private func push(_ chain: BundleChain, toPlace target: String) throws(AgentError) -> Answer {
        let path = target.hasPrefix("oci:") ? String(target.dropFirst(4)) : target
        try translating {
            if path.hasSuffix(".tar") { try chain.writeTar(to: path) } else { _ = try ModelStore(path).take(chain) }
        }
        return Answer(
            text: "written  \(chain.top.manifest.reference)  \(path)",
            json: .object([
                "reference": .string(chain.top.manifest.reference), "path": .string(path),
                "digest": .string(chain.top.digest.description),
            ]))
    }

    /// Fetches a bundle with its parents and signatures into the store: from a registry, a layout folder or a tar. It gets its
    /// name there only once it is verified.
    ///
    /// - Parameters:
    ///   - replaces: lets `name:version` move to other content.
    ///   - activates: makes it the active version of its name.
    public func pull(
        _ source: String, replaces: Bool, activates: Bool, progress: @escaping @Sendable (Progress) -> Void
    ) async throws -> Answer {
        let store = try store()
        var chain: BundleChain
        var result = TransferResult()
        if let local = BundleAddress(source), case .layout = local {
            let (verdict, _) = verifier(replaysGolden: false).verify(local, in: store)
            try translating { try verdict.requireAccepted(at: source) }
            chain = try translating { try store.resolve(local) }
            let digest = chain.top.digest
            let resolved = chain
            chain = try await BlockingThread(label: "pull").run { try store.takeBlobs(resolved) }
            precondition(chain.top.digest == digest, "the same bundle")
        } else {
            let address = try RegistryAddress(source)
            let cancellation = Cancellation()
            let options = try registryOptions(address, cancellation, progress)
            let arrival = try await withTaskCancellationHandler {
                try await BlockingThread(label: "pull").run {
                    var pull = try RegistryPull(address, into: store, options: options)
                    return try pull.pull()
                }
            } onCancel: {
                cancellation.cancel()
            }
            (chain, result) = (arrival.chain, arrival.result)
        }
        let (verdict, _) = verifier(replaysGolden: activates).verify(chain.top, in: store)
        try translating {
            try verdict.requireAccepted(at: source)
            try store.name(chain, replaces: replaces)
            if activates { try store.activate(chain) }
        }
        var lines = ["pulled  \(chain.top.manifest.reference)  \(chain.top.digest)"]
        lines.append(
            "  \(Self.bytes(result.bytes)) came, \(result.blobsMoved) files; \(result.blobsKept) were here")
        lines += verdict.warnings.map { "  warning: \($0.text)" }
        if activates { lines.append("  active now") }
        return Answer(
            text: lines.joined(separator: "\n"),
            json: .object([
                "reference": .string(chain.top.manifest.reference), "digest": .string(chain.top.digest.description),
                "bytes": .integer(result.bytes), "files_came": .integer(Int64(result.blobsMoved)),
                "files_here": .integer(Int64(result.blobsKept)), "active": .bool(activates),
                "warnings": .array(verdict.warnings.map { .string($0.text) }),
            ]))
    }

    private func registryOptions(
        _ address: RegistryAddress, _ cancellation: Cancellation, _ progress: @escaping @Sendable (Progress) -> Void
    ) throws -> RegistryOptions {
        var settings = RegistryOptions()
        settings.caFile = options.caFile
        settings.credentials = try RegistryCredentials.find(
            host: address.host, user: options.user, passwordFile: options.passwordFile)
        settings.isCancelled = { cancellation.isCancelled }
        settings.progress = {
            progress(Progress(file: $0.file, bytesDone: $0.bytesDone, bytesTotal: $0.bytesTotal))
        }
        return settings
    }

    /// Makes a bundle of the store the active version of its scene once it is verified, golden results included; a running agent
    /// follows.
    public func activate(_ text: String) throws(AgentError) -> Answer {
        let chain = try verified(text)
        return try translating {
            let store = try store()
            let taken = try store.takeBlobs(chain)
            try store.name(taken, replaces: false)
            try store.activate(taken)
            return Self.active(taken.top)
        }
    }

    /// The chain of a scene that passes every check here, golden results included.
    ///
    /// - Throws: ``AgentError`` with every reason where it is refused.
    func verified(_ text: String) throws(AgentError) -> BundleChain {
        let address = try address(text)
        return try translating {
            let (verdict, chain) = verifier(replaysGolden: true).verify(address, in: try store())
            try verdict.requireAccepted(at: text)
            guard let chain, chain.top.manifest.level == .l2 else {
                throw AgentError("is no scene", at: text, remedy: "name a scene (L2)")
            }
            return chain
        }
    }

    /// Makes the version before the active one active again.
    public func rollBack(_ name: String) throws(AgentError) -> Answer {
        try translating {
            let store = try store()
            return Self.active(try store.layout.bundle(store.rollBack(name).current))
        }
    }

    private static func active(_ bundle: ModelBundle) -> Answer {
        Answer(
            text: "active  \(bundle.manifest.reference)  \(bundle.digest)",
            json: .object([
                "name": .string(bundle.manifest.name), "version": .string(bundle.manifest.version),
                "active": .string(bundle.digest.description),
            ]))
    }
}
