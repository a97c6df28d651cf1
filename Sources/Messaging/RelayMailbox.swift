import Foundation

/// Answers that arrive on the session's thread, handed to the relay's task in batches.
final class RelayMailbox: @unchecked Sendable {
    // Proof: everything that changes is only touched under `lock`.
    typealias Outcome = (sequence: UInt64, result: Result<PublishAcknowledgement, MessagingError>)

    private let lock = NSLock()
    private var outcomes: [Outcome] = []
    private var thumbnailOutcomes: [Bool] = []
    private var receipts: [[UInt8]] = []
    private var connection: Connection?

    /// What the relay must know of a new connection.
    struct Connection: Sendable {
        /// Whether the broker still knew our session; else it may have lost everything.
        var isResumed: Bool
    }

    /// Everything that came since the last look.
    struct Post: Sendable {
        var alerts: [Outcome] = []
        var thumbnails: [Bool] = []
        /// Payloads of receipts.
        var receipts: [[UInt8]] = []
        /// Set where a connection was made.
        var connection: Connection?
    }

    private let signalInput: AsyncStream<Void>.Continuation
    /// One element for any number of signals since the last look; for one reader.
    let signals: AsyncStream<Void>

    init() {
        (signals, signalInput) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func signal() { signalInput.yield() }

    func put(_ sequence: UInt64, _ result: Result<PublishAcknowledgement, MessagingError>) {
        lock.withLock { outcomes.append((sequence, result)) }
        signal()
    }

    func putThumbnail(delivered: Bool) {
        lock.withLock { thumbnailOutcomes.append(delivered) }
        signal()
    }

    func putReceipt(_ payload: [UInt8]) {
        lock.withLock { receipts.append(payload) }
        signal()
    }

    func putConnection(isResumed: Bool) {
        lock.withLock { connection = Connection(isResumed: isResumed && connection?.isResumed ?? true) }
        signal()
    }

    func take() -> Post {
        lock.withLock {
            defer { (outcomes, thumbnailOutcomes, receipts, connection) = ([], [], [], nil) }
            return Post(alerts: outcomes, thumbnails: thumbnailOutcomes, receipts: receipts, connection: connection)
        }
    }
}
