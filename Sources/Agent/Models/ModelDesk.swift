import Foundation
import Integrity
import ModelBundles
import ModelRegistry
public import ShrikeCore

/// What people do with models: look, compare, check, sign, send, fetch, pack, activate. Everything reads and writes one store.
public struct ModelDesk: Sendable {
    public struct Options: Sendable {
        /// Folder of the store; nil for the user's own.
        public var store: String?
        /// A `gateway.yaml` whose store, trust and keys are used.
        public var configuration: String?
        /// PEM files of trusted public keys.
        public var keys: [String] = []
        /// `require`, `warn` or `off`; nil for require where keys are named, else warn.
        public var trust: GatewayConfiguration.Models.Trust?
        public var engine = GatewayConfiguration.Engine()
        public var cacheFolder: String?
        /// How a registry is reached.
        public var caFile: String?
        public var user: String?
        public var passwordFile: String?

        public init() {}
    }

    /// An answer for people and for programs.
    public struct Answer: Sendable {
        public var text: String
        public var json: JSONValue
        /// False where something was looked at and refused.
        public var isGood = true
    }

    let access: ModelAccess
    let options: Options

    /// - Throws: ``AgentError`` for keys or a configuration that cannot be used.
    public init(_ options: Options) throws(AgentError) {
        self.options = options
        var models = GatewayConfiguration.Models()
        var store = options.store
        if let path = options.configuration {
            let configuration = try ConfigurationFile.load(path: path)
            models = configuration.models
            store = store ?? configuration.models.store ?? configuration.stateFolder + "/models"
        }
        models.keys += options.keys
        models.trust = options.trust ?? (models.keys.isEmpty ? models.trust : .require)
        access = ModelAccess(storePath: store, policy: try ModelAccess.policy(models))
    }

    /// With the store, keys and engine of a running gateway.
    init(_ configuration: GatewayConfiguration) throws(AgentError) {
        var options = Options()
        options.engine = configuration.engine
        options.cacheFolder = configuration.stateFolder + "/cache"
        self.options = options
        access = try ModelAccess(configuration)
    }

    /// Pieces of work at a time.
    var workers: Int {
        options.engine.workers > 0 ? options.engine.workers : ProcessInfo.processInfo.activeProcessorCount
    }

    func store() throws(AgentError) -> ModelStore { try access.store() }

    /// What a text names: a bundle by name, digest or place, or a scene's active version.
    func address(_ text: String) throws(AgentError) -> BundleAddress {
        if text.hasPrefix(SceneLibrary.activePrefix) {
            let name = String(text.dropFirst(SceneLibrary.activePrefix.count))
            guard let version = try translating({ try store().active(name) }) else {
                throw AgentError("no version of \(name) is active", at: access.storePath, remedy: "activate one first")
            }
            return .digest(version.current)
        }
        guard let address = BundleAddress(text) else {
            throw AgentError(
                "no bundle", at: text,
                remedy: "name NAME:VERSION, sha256:..., active:NAME, or a layout folder or tar; "
                    + "`shrike bundle pack` makes a bundle of a scene")
        }
        return address
    }

    func resolve(_ text: String) throws(AgentError) -> BundleChain {
        let address = try address(text)
        return try translating { try store().resolve(address) }
    }

    func verifier(replaysGolden: Bool) -> BundleVerifier {
        guard replaysGolden else { return BundleVerifier(policy: access.policy) }
        let library = SceneLibrary(
            engine: options.engine, cacheFolder: options.cacheFolder, workers: 1, models: access)
        return BundleVerifier(policy: access.policy) { chain in
            let store = try library.models.store()
            let taken = try store.takeBlobs(chain)
            return try GoldenReplay(chain: taken).run(library.load(SceneLoader.load(taken, in: store)))
        }
    }

    /// The verdict on a bundle: digests, parents, content, signatures and, where wanted, golden results on this machine.
    public func verify(_ text: String, replaysGolden: Bool) throws(AgentError) -> Answer {
        let address = try address(text)
        let store = try store()
        let (verdict, _) = verifier(replaysGolden: replaysGolden).verify(address, in: store)
        return Self.answer(verdict, asked: text)
    }

    private static func answer(_ verdict: BundleVerdict, asked: String) -> Answer {
        var lines = ["\(verdict.isAccepted ? "good" : "REFUSED")  \(verdict.reference)  \(verdict.digest)"]
        lines += verdict.refusals.map { "  refused: \($0.text)" }
        lines += verdict.warnings.map { "  warning: \($0.text)" }
        if !verdict.signedBy.isEmpty { lines.append("  signed by \(verdict.signedBy.joined(separator: ", "))") }
        var golden: JSONValue?
        if case .passed(let pictures, let worst) = verdict.golden {
            let figure = JSONValue.number(worst, decimals: 4)
            lines.append("  golden: \(pictures) pictures, scores differ by \(figure.canonicalText) at most")
            golden = .object(["pictures": .integer(Int64(pictures)), "worst_score_difference": figure])
        }
        func list(_ refusals: [BundleRefusal]) -> JSONValue {
            .array(refusals.map { .object(["kind": .string($0.kind.rawValue), "text": .string($0.text)]) })
        }
        return Answer(
            text: lines.joined(separator: "\n"),
            json: .object(compacting: [
                "bundle": .string(asked), "reference": .string(verdict.reference), "digest": .string(verdict.digest),
                "accepted": .bool(verdict.isAccepted), "refusals": list(verdict.refusals),
                "warnings": list(verdict.warnings), "signed_by": .array(verdict.signedBy.map { .string($0) }),
                "golden": golden,
            ]), isGood: verdict.isAccepted)
    }

    /// Signs a bundle of the store, or of a layout folder, with a key in a file.
    public func sign(_ text: String, keyFile: String, identity: String?) throws(AgentError) -> Answer {
        let key: SigningKey
        do {
            let pem = try String(decoding: Data(contentsOf: URL(filePath: keyFile)).prefix(1 << 16), as: UTF8.self)
            key = try SigningKey(pem: pem)
        } catch let error as KeyError {
            throw AgentError("key cannot be used", at: keyFile, remedy: error.description)
        } catch {
            throw AgentError("key file cannot be read", at: keyFile, remedy: "name a PEM file with a private key")
        }
        let address = try address(text)
        let bundle = try translating { try store().bundle(address) }
        guard let layout = bundle.source as? FolderLayout else {
            throw AgentError(
                "a tar is not signed in place", at: text, remedy: "pull it into the store, sign it there, push it again"
            )
        }
        try translating {
            // A signature is for what was whole when it was made.
            try bundle.source.verifyBlobs(of: bundle.manifest)
            try bundle.sign(with: key, identity: identity ?? bundle.manifest.name, in: layout)
        }
        let fingerprint = key.verifyingKey.fingerprint.description
        return Answer(
            text: "signed  \(bundle.manifest.reference)  \(bundle.digest)\n  key \(fingerprint)",
            json: .object([
                "reference": .string(bundle.manifest.reference), "digest": .string(bundle.digest.description),
                "key": .string(fingerprint),
            ]))
    }
}
