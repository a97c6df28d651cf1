public import Foundation
import ShrikeCore

/// Who asks a registry: a user and a password, found where people keep them.
public struct RegistryCredentials: Sendable {
    public var user: String
    public var password: String

    public init(user: String, password: String) { (self.user, self.password) = (user, password) }

    /// Looks in this order: the given user with a password file; `SHRIKE_REGISTRY_USER` and `SHRIKE_REGISTRY_PASSWORD`; the
    /// host's entry in docker's `config.json` (`DOCKER_CONFIG`, else `~/.docker`).
    ///
    /// - Returns: nil where none is found; many registries let anybody read.
    /// - Throws: ``RegistryError`` for a password file that cannot be read, or half of a pair.
    public static func find(
        host: String, user: String? = nil, passwordFile: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(RegistryError) -> RegistryCredentials? {
        let name = user ?? environment["SHRIKE_REGISTRY_USER"]
        if let passwordFile {
            guard let name else {
                throw RegistryError("a password file without a user", at: passwordFile, remedy: "add --user")
            }
            guard let text = try? String(contentsOfFile: passwordFile, encoding: .utf8), text.utf8.count < 65_536,
                let line = text.split(whereSeparator: \.isNewline).first
            else {
                throw RegistryError(
                    "password file cannot be read or is empty", at: passwordFile,
                    remedy: "name a file whose first line is the password")
            }
            return RegistryCredentials(user: name, password: String(line))
        }
        if let name, let password = environment["SHRIKE_REGISTRY_PASSWORD"] {
            return RegistryCredentials(user: name, password: password)
        }
        if let user {
            throw RegistryError(
                "user '\(user)' without a password", at: host,
                remedy: "add --password-file, or set SHRIKE_REGISTRY_PASSWORD")
        }
        return ofDocker(host: host, environment: environment)
    }

    private static func ofDocker(host: String, environment: [String: String]) -> RegistryCredentials? {
        let folder = environment["DOCKER_CONFIG"] ?? (environment["HOME"] ?? "") + "/.docker"
        guard let bytes = try? Data(contentsOf: URL(filePath: folder + "/config.json")),
            let document = try? JSONValue(parsing: bytes),
            let entry = document["auths"]?[host] ?? document["auths"]?["https://\(host)"]
        else { return nil }
        if let text = entry["auth"]?.stringValue, let data = Data(base64Encoded: text) {
            let parts = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return RegistryCredentials(user: String(parts[0]), password: String(parts[1]))
        }
        guard let user = entry["username"]?.stringValue, let password = entry["password"]?.stringValue else {
            return nil
        }
        return RegistryCredentials(user: user, password: password)
    }

    /// Value of an `Authorization` header.
    var basic: String { "Basic " + Data("\(user):\(password)".utf8).base64EncodedString() }
}
