import Foundation
import Integrity
import ModelBundles
import ShrikeCore

/// Where models are kept and whose are taken.
struct ModelAccess: Hashable, Sendable {
    var storePath: String
    var policy: TrustPolicy

    /// What commands use without a configuration: the user's store, signatures told but not required.
    init(storePath: String? = nil, policy: TrustPolicy = TrustPolicy(mode: .warn)) {
        (self.storePath, self.policy) = (storePath ?? ModelStore.defaultPath(), policy)
    }

    /// Reads the key files of a configuration.
    init(_ configuration: GatewayConfiguration) throws(AgentError) {
        storePath = configuration.models.store ?? configuration.stateFolder + "/models"
        policy = try Self.policy(configuration.models)
    }

    static func policy(_ models: GatewayConfiguration.Models) throws(AgentError) -> TrustPolicy {
        var policy = TrustPolicy(mode: TrustPolicy.Mode(rawValue: models.trust.rawValue) ?? .require)
        for file in models.keys {
            policy.keys.append(.init(name: URL(filePath: file).lastPathComponent, key: try key(file)))
        }
        if policy.mode == .require, policy.keys.isEmpty {
            throw AgentError(
                "signatures are required, but no key is trusted", at: "models.keys",
                remedy: "name PEM files of public keys, or set models.trust to warn")
        }
        return policy
    }

    private static func key(_ file: String) throws(AgentError) -> VerifyingKey {
        do {
            let text = try String(decoding: Data(contentsOf: URL(filePath: file)).prefix(1 << 16), as: UTF8.self)
            return try VerifyingKey(pem: text)
        } catch let error as KeyError {
            throw AgentError("key cannot be used", at: file, remedy: error.description)
        } catch {
            throw AgentError("key file cannot be read", at: file, remedy: "name a PEM file with a public key")
        }
    }

    func store() throws(AgentError) -> ModelStore { try translating { try ModelStore(storePath) } }
}
