import Foundation
import Glibc
import Subprocess

/// A private broker on loopback for a gateway without one: the real mosquitto as a supervised child process.
///
/// Its queue is on disk and unlimited, so what it acknowledged survives its own crash. It ends with this process, also
/// when that is killed; a broker that was left behind all the same is ended before the next one starts.
public final class EmbeddedBroker: Sendable {
    /// Where it listens: 127.0.0.1 and the port that was asked for, or a free one.
    public let address: BrokerAddress

    private let stateFolder: String
    private let executable: String
    private let hasDeathSignalTool: Bool
    private let onEvent: @Sendable (EmbeddedBrokerEvent) -> Void

    /// Prepares folder and configuration; nothing runs yet.
    ///
    /// - Parameters:
    ///   - stateFolder: for its database, configuration and process id; made where missing.
    ///   - port: 0 picks a free one.
    ///   - executable: path of mosquitto; nil looks in `PATH` and in the folders for system programs.
    /// - Throws: ``MessagingError`` `.program` where mosquitto is not installed, `.configuration` where the folder cannot
    ///   be used.
    public init(
        stateFolder: String, port: UInt16 = 0, executable: String? = nil,
        onEvent: @escaping @Sendable (EmbeddedBrokerEvent) -> Void = { _ in }
    ) throws(MessagingError) {
        guard let found = executable.map({ access($0, X_OK) == 0 ? $0 : nil }) ?? Self.find("mosquitto") else {
            throw MessagingError(
                .program, "the broker program is not installed", at: executable ?? "mosquitto",
                remedy: "type `apt-get install mosquitto`, or give the address of a broker")
        }
        (self.executable, self.onEvent) = (found, onEvent)
        hasDeathSignalTool = Self.find("setpriv") != nil
        self.stateFolder = URL(filePath: stateFolder).standardizedFileURL.path(percentEncoded: false)
        guard !stateFolder.contains(where: \.isNewline), let port = port == 0 ? LoopbackPort.free() : port else {
            throw MessagingError(
                .configuration, "the broker's folder or port cannot be used", at: stateFolder,
                remedy: "choose another folder, or name a port")
        }
        address = BrokerAddress(host: "127.0.0.1", port: port)
        do {
            try FileManager.default.createDirectory(
                atPath: self.stateFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try configurationText.write(toFile: configurationPath, atomically: true, encoding: .utf8)
        } catch {
            throw MessagingError(
                .configuration, "the broker's folder cannot be written", at: stateFolder,
                remedy: "check that its disk has room and that this user may write there")
        }
    }

    private var configurationPath: String { stateFolder + "/mosquitto.conf" }
    private var processIDPath: String { stateFolder + "/broker.pid" }

    /// Runs the broker until the task is cancelled, starting it again with back-off when it ends by itself.
    public func run() async {
        await endStaleBroker()
        var backoff = Backoff(minimum: .milliseconds(200), maximum: .seconds(30))
        while !Task.isCancelled {
            let began = ContinuousClock.now
            let reason = await runOnce()
            guard !Task.isCancelled else { break }
            if ContinuousClock.now - began > .seconds(30) { backoff.reset() }
            let delay = backoff.next(jitter: Double.random(in: 0...1))
            onEvent(.ended(reason: reason, restartAfter: delay))
            try? await Task.sleep(for: delay)
        }
        unlink(processIDPath)
    }

    /// Waits until it answers on its port.
    ///
    /// - Returns: false where it did not within the time.
    public func waitUntilListening(within limit: Duration = .seconds(5)) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while !Task.isCancelled, ContinuousClock.now < deadline {
            if LoopbackPort.isListening(address.port) { return true }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    private func runOnce() async -> String {
        let broker = ["-c", configurationPath]
        // The death signal is bound to the thread that starts the child; swift-subprocess keeps one for that.
        let (program, arguments) =
            hasDeathSignalTool
            ? ("setpriv", ["--pdeathsig", "TERM", executable] + broker) : ("env", [executable] + broker)
        var options = PlatformOptions()
        // Ctrl-C in a terminal goes to the whole group; the broker must outlive the relay that drains to it.
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
        do {
            let result = try await Subprocess.run(
                .name(program), arguments: Arguments(arguments), platformOptions: options, input: .none,
                output: .discarded, error: .sequence
            ) { execution in
                let processID = execution.processIdentifier.value
                try? "\(processID)\n".write(toFile: processIDPath, atomically: true, encoding: .utf8)
                onEvent(.started(processID: processID))
                for try await line in execution.standardError.strings() {
                    onEvent(.log(String(line.prefix(500))))
                }
            }
            return "\(result.terminationStatus)"
        } catch {
            return "\(error)"
        }
    }

    /// Ends a broker that runs with our configuration: the run that started it was killed before it could.
    private func endStaleBroker() async {
        guard let text = try? String(contentsOfFile: processIDPath, encoding: .utf8),
            let processID = Int32(text.prefix { $0.isNumber }), processID > 1, isOurs(processID)
        else { return }
        kill(processID, SIGTERM)
        for step in 0..<60 where isOurs(processID) {
            if step == 40 { kill(processID, SIGKILL) }
            try? await Task.sleep(for: .milliseconds(50))
        }
        onEvent(.removedStale(processID: processID))
    }

    private func isOurs(_ processID: Int32) -> Bool {
        guard let command = FileManager.default.contents(atPath: "/proc/\(processID)/cmdline") else { return false }
        return command.split(separator: 0).contains { $0.elementsEqual(configurationPath.utf8) }
    }

    private var configurationText: String {
        """
        listener \(address.port) 127.0.0.1
        allow_anonymous true
        persistence true
        persistence_location \(stateFolder)/
        autosave_interval 1
        autosave_on_changes true
        max_queued_messages 0
        connection_messages false
        log_dest stderr
        log_type error
        log_type warning
        \(geteuid() == 0 ? "user root\n" : "")
        """
    }

    private static func find(_ program: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (folders + ["/usr/local/sbin", "/usr/sbin", "/usr/local/bin", "/usr/bin"])
            .map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }
}
