public import Foundation
import Subprocess

/// Certificates for TLS tests, made with the `openssl` command in a temporary folder.
public struct BrokerCertificates: Sendable {
    /// A certificate and its key, PEM files.
    public struct Pair: Sendable {
        public var certificateFile: String
        public var keyFile: String
    }

    public let folder: URL
    /// The authority that signed everything below.
    public let authorityFile: String
    /// An authority that signed nothing.
    public let otherAuthorityFile: String
    /// For `localhost` and `127.0.0.1`.
    public let server: Pair
    /// For `elsewhere.example`.
    public let wrongHost: Pair
    /// For `localhost`, valid until yesterday.
    public let expired: Pair
    public let client: Pair
    /// A client certificate that the other authority signed.
    public let foreignClient: Pair

    /// Makes them all, which takes about a second.
    public static func make() async throws -> BrokerCertificates {
        let folder = FileManager.default.temporaryDirectory.appending(path: "shrike-certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let authority = try await authority("authority", in: folder)
        let other = try await Self.authority("other", in: folder)
        let local = "subjectAltName=DNS:localhost,IP:127.0.0.1"
        return BrokerCertificates(
            folder: folder, authorityFile: authority.certificateFile, otherAuthorityFile: other.certificateFile,
            server: try await issue("server", local, by: authority, in: folder),
            wrongHost: try await issue("wronghost", "subjectAltName=DNS:elsewhere.example", by: authority, in: folder),
            expired: try await issue("expired", local, by: authority, days: -1, in: folder),
            client: try await issue("client", "extendedKeyUsage=clientAuth", by: authority, in: folder),
            foreignClient: try await issue("foreign", "extendedKeyUsage=clientAuth", by: other, in: folder))
    }

    public func remove() { try? FileManager.default.removeItem(at: folder) }

    private static func authority(_ name: String, in folder: URL) async throws -> Pair {
        let pair = files(name, in: folder)
        try await openssl(
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
                + ["-subj", "/CN=Shrike test \(name)", "-keyout", pair.keyFile, "-out", pair.certificateFile])
        return pair
    }

    private static func issue(
        _ name: String, _ usage: String, by authority: Pair, days: Int = 2, in folder: URL
    ) async throws -> Pair {
        let pair = files(name, in: folder)
        let request = folder.appending(path: "\(name).csr").path
        let extensions = folder.appending(path: "\(name).ext").path
        try usage.appending("\n").write(toFile: extensions, atomically: true, encoding: .utf8)
        try await openssl(
            ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=\(name)"]
                + ["-keyout", pair.keyFile, "-out", request])
        try await openssl(
            ["x509", "-req", "-in", request, "-CA", authority.certificateFile, "-CAkey", authority.keyFile]
                + ["-CAcreateserial", "-days", "\(days)", "-extfile", extensions, "-out", pair.certificateFile])
        return pair
    }

    private static func files(_ name: String, in folder: URL) -> Pair {
        Pair(
            certificateFile: folder.appending(path: "\(name).crt").path,
            keyFile: folder.appending(path: "\(name).key").path)
    }

    private static func openssl(_ arguments: [String]) async throws {
        let result = try await Subprocess.run(
            .name("openssl"), arguments: Arguments(arguments), output: .discarded, error: .string(limit: 4096))
        guard result.terminationStatus.isSuccess else {
            throw BrokerHarness.Failure(description: "openssl \(arguments[0]): \(result.standardError)")
        }
    }
}
