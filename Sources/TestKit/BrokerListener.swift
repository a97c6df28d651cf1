import Foundation
import Glibc
import Subprocess

/// An independent durable subscriber, `mosquitto_sub`, that survives restarts of the broker: what it heard is what arrived.
public final class BrokerListener: @unchecked Sendable {
    // Proof: `messagesHeard` and `process` are only touched under `lock`.
    public struct Message: Hashable, Sendable {
        public var topic: String
        public var isRetained: Bool
        public var payload: String
    }

    /// Its client id.
    public let id: String
    private let lock = NSLock()
    private var messagesHeard: [Message] = []
    private var process: Int32?
    private var ended: Task<Void, Never>?

    /// Subscribes, and returns when the broker knows of it.
    ///
    /// - Parameter options: further options of `mosquitto_sub`, for user, password or certificates.
    public init(_ broker: BrokerHarness, topic: String, options: [String] = []) async throws {
        id = "listener-\(UUID().uuidString.prefix(8))"
        let arguments =
            ["--pdeathsig", "KILL", "mosquitto_sub", "-h", "127.0.0.1", "-p", "\(broker.port)"]
            + ["-V", "5", "-q", "1", "-i", id, "-c", "-x", "3600", "-t", topic, "-F", "%t\t%r\t%p"] + options
        // Ended by `stop()` or `deinit`, which end the process it waits for.
        ended = Task { [weak self] in
            _ = try? await Subprocess.run(
                .name("setpriv"), arguments: Arguments(arguments), input: .none, output: .sequence, error: .discarded
            ) { execution in
                self?.setProcess(execution.processIdentifier.value)
                for try await line in execution.standardOutput.strings() { self?.add(line) }
            }
        }
        guard await Patience.holds(within: .seconds(10), { [id] in broker.log.contains("\(id) 1 \(topic)") }) else {
            throw BrokerHarness.Failure(description: "mosquitto_sub did not subscribe to \(topic)")
        }
    }

    deinit { if let process { kill(process, SIGKILL) } }

    /// Everything heard so far, in order.
    public var messages: [Message] { lock.withLock { messagesHeard } }

    /// Waits until the condition holds.
    ///
    /// - Returns: false where it did not within the time.
    public func wait(
        upTo limit: Duration = .seconds(10), until condition: @Sendable ([Message]) -> Bool
    ) async -> Bool {
        await Patience.holds(within: limit) { condition(messages) }
    }

    public func stop() async {
        if let process = lock.withLock({ process }) { kill(process, SIGKILL) }
        await ended?.value
        lock.withLock { process = nil }
    }

    private func setProcess(_ id: Int32) { lock.withLock { process = id } }

    private func add(_ line: String) {
        let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 else { return }
        lock.withLock { messagesHeard.append(Message(topic: parts[0], isRetained: parts[1] == "1", payload: parts[2])) }
    }
}
