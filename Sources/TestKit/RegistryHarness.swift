import Foundation
import Glibc
import Subprocess

/// A private docker-registry on a free loopback port, its content in a folder of a test's own.
public final class RegistryHarness: @unchecked Sendable {
    // Proof: `running` is only touched under `lock`.
    public let port: UInt16
    public let folder: TestFolder
    private let lock = NSLock()
    private var running: (process: Int32, ended: Task<Void, Never>)?

    /// User and password where the registry asks for one.
    public static let (user, password) = ("inspector", "secret")
    /// bcrypt of ``password``.
    private static let passwordHash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"

    public static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/docker-registry") }

    private init(certificate: BrokerCertificates.Pair?, asksForPassword: Bool) throws {
        (port, folder) = (try LoopbackPort.free(), try TestFolder())
        var lines = [
            "version: 0.1", "log: {level: error, accesslog: {disabled: true}}",
            "storage: {filesystem: {rootdirectory: \(folder.path("content"))}, delete: {enabled: true}}",
        ]
        if asksForPassword {
            try folder.write("\(Self.user):\(Self.passwordHash)\n", to: "passwords")
            lines.append("auth: {htpasswd: {realm: test, path: \(folder.path("passwords"))}}")
        }
        let tls = certificate.map { ", tls: {certificate: \($0.certificateFile), key: \($0.keyFile)}" } ?? ""
        lines.append("http: {addr: 127.0.0.1:\(port)\(tls)}")
        try folder.write(lines.joined(separator: "\n") + "\n", to: "registry.yml")
    }

    deinit { if let running { Glibc.kill(running.process, SIGKILL) } }

    /// A registry that listens already.
    public static func started(
        certificate: BrokerCertificates.Pair? = nil, asksForPassword: Bool = false
    ) async throws -> RegistryHarness {
        let registry = try RegistryHarness(certificate: certificate, asksForPassword: asksForPassword)
        try await registry.start()
        return registry
    }

    private func start() async throws {
        let (processes, input) = AsyncStream.makeStream(of: Int32.self)
        let configuration = folder.path("registry.yml")
        // Ended by `stop()` or `deinit`, which end the process it waits for.
        let ended = Task {
            _ = try? await Subprocess.run(
                .name("setpriv"),
                arguments: ["--pdeathsig", "KILL", "/usr/bin/docker-registry", "serve", configuration],
                input: .none, output: .discarded, error: .discarded
            ) { execution in
                input.yield(execution.processIdentifier.value)
            }
            input.finish()
        }
        guard let process = await processes.first(where: { _ in true }) else {
            throw BrokerHarness.Failure(description: "docker-registry does not start")
        }
        lock.withLock { running = (process, ended) }
        if await Patience.holds(within: .seconds(10), { [port] in LoopbackPort.accepts(port) }) { return }
        throw BrokerHarness.Failure(description: "docker-registry does not listen")
    }

    public func stop() async {
        guard
            let ending = lock.withLock({ () -> (process: Int32, ended: Task<Void, Never>)? in
                defer { running = nil }
                return running
            })
        else { return }
        Glibc.kill(ending.process, SIGKILL)
        await ending.ended.value
    }

    /// The file of a blob, to damage it.
    public func blobFile(_ hex: String) -> String {
        folder.path("content/docker/registry/v2/blobs/sha256/\(hex.prefix(2))/\(hex)/data")
    }
}
