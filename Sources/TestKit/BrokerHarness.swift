public import Foundation
import Glibc
import Subprocess

/// A private mosquitto on a free loopback port, to be stopped, killed and started again in the middle of a test.
///
/// Its queue is on disk and without a limit. It ends with the test process, whatever becomes of that.
public final class BrokerHarness: @unchecked Sendable {
    // Proof: `running` is only touched under `lock`.
    public struct Options: Sendable {
        /// Server certificate and key, and who signs clients; see ``BrokerCertificates``.
        public struct TLS: Sendable {
            public var authorityFile: String
            public var certificateFile: String
            public var keyFile: String
            public var requiresClientCertificate: Bool

            public init(
                authorityFile: String, certificateFile: String, keyFile: String, requiresClientCertificate: Bool = false
            ) {
                (self.authorityFile, self.certificateFile) = (authorityFile, certificateFile)
                (self.keyFile, self.requiresClientCertificate) = (keyFile, requiresClientCertificate)
            }
        }

        public var tls: TLS?
        /// Password by user; empty lets anyone in.
        public var passwords: [String: String]
        /// Lines of an access control file; empty allows everything.
        public var accessRules: [String]
        /// Every packet that comes and goes is in ``BrokerHarness/log``.
        public var logsPackets: Bool

        public init(
            tls: TLS? = nil, passwords: [String: String] = [:], accessRules: [String] = [], logsPackets: Bool = false
        ) {
            (self.tls, self.passwords) = (tls, passwords)
            (self.accessRules, self.logsPackets) = (accessRules, logsPackets)
        }
    }

    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    public let port: UInt16
    public let folder: URL
    private let lock = NSLock()
    private var running: (process: Int32, ended: Task<Void, Never>)?

    /// Whether mosquitto and its password tool are installed here.
    public static var isAvailable: Bool {
        ["/usr/sbin/mosquitto", "/usr/bin/mosquitto_sub", "/usr/bin/mosquitto_passwd"].allSatisfy {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// Writes the configuration into a new temporary folder; start it with ``start()``.
    public init(_ options: Options = Options()) async throws {
        port = try LoopbackPort.free()
        folder = FileManager.default.temporaryDirectory.appending(path: "shrike-broker-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var lines = [
            "listener \(port) 127.0.0.1", "persistence true", "persistence_location \(folder.path)/",
            "autosave_interval 1", "autosave_on_changes true", "max_queued_messages 0",
            "log_dest file \(folder.path)/log",
        ]
        lines += ["error", "warning", "notice", "information", "subscribe"].map { "log_type \($0)" }
        if options.logsPackets { lines.append("log_type debug") }
        if geteuid() == 0 { lines.append("user root") }
        if options.passwords.isEmpty {
            lines.append("allow_anonymous true")
        } else {
            let file = folder.appending(path: "passwords").path
            try Data().write(to: URL(filePath: file))
            for (user, password) in options.passwords {
                _ = try await Subprocess.run(
                    .name("mosquitto_passwd"), arguments: ["-b", file, user, password], output: .discarded)
            }
            lines += ["allow_anonymous false", "password_file \(file)"]
        }
        if !options.accessRules.isEmpty {
            let file = folder.appending(path: "access")
            try options.accessRules.joined(separator: "\n").appending("\n").write(
                to: file, atomically: true, encoding: .utf8)
            lines.append("acl_file \(file.path)")
        }
        if let tls = options.tls {
            lines += [
                "cafile \(tls.authorityFile)", "certfile \(tls.certificateFile)", "keyfile \(tls.keyFile)",
                "require_certificate \(tls.requiresClientCertificate)",
            ]
        }
        try lines.joined(separator: "\n").appending("\n")
            .write(to: configurationFile, atomically: true, encoding: .utf8)
    }

    deinit {
        if let running { Glibc.kill(running.process, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    /// A broker that runs already.
    public static func started(_ options: Options = Options()) async throws -> BrokerHarness {
        let broker = try await BrokerHarness(options)
        try await broker.start()
        return broker
    }

    /// Starts it and waits until it listens.
    public func start() async throws {
        let (processes, input) = AsyncStream.makeStream(of: Int32.self)
        let configuration = configurationFile.path
        // Ended by `kill()`, `stop()` or `deinit`, which end the process it waits for.
        let ended = Task {
            _ = try? await Subprocess.run(
                .name("setpriv"), arguments: ["--pdeathsig", "KILL", "/usr/sbin/mosquitto", "-c", configuration],
                input: .none, output: .discarded, error: .discarded
            ) { execution in
                input.yield(execution.processIdentifier.value)
            }
            input.finish()
        }
        guard let process = await processes.first(where: { _ in true }) else {
            throw Failure(description: "mosquitto does not start")
        }
        lock.withLock { running = (process, ended) }
        if await Patience.holds(within: .seconds(10), { [port] in LoopbackPort.accepts(port) }) { return }
        throw Failure(description: "mosquitto does not listen; see \(folder.path)/log")
    }

    /// SIGKILL, as a power cut would.
    public func kill() async { await end(SIGKILL) }

    /// SIGTERM, as a service manager would.
    public func stop() async { await end(SIGTERM) }

    /// SIGSTOP: its connections stay open and fall silent, as behind a dead network.
    public func freeze() { signal(SIGSTOP) }

    /// Goes on after ``freeze()``.
    public func thaw() { signal(SIGCONT) }

    private func signal(_ signal: Int32) {
        if let process = lock.withLock({ running?.process }) { Glibc.kill(process, signal) }
    }

    /// What it logged so far.
    public var log: String { (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? "" }

    private func end(_ signal: Int32) async {
        guard
            let process = lock.withLock({ () -> (process: Int32, ended: Task<Void, Never>)? in
                defer { running = nil }
                return running
            })
        else { return }
        Glibc.kill(process.process, signal)
        await process.ended.value
    }

    private var configurationFile: URL { folder.appending(path: "mosquitto.conf") }
}
