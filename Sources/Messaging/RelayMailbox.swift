import Foundation

/// Answers that arrive on the session's thread, handed to the relay's task in batches.
final class RelayMailbox: @unchecked Sendable {
    // Proof: `outcomes` and `thumbnailOutcomes` are only touched under `lock`.
    typealias Outcome = (sequence: UInt64, result: Result<PublishAcknowledgement, MessagingError>)

    private let lock = NSLock()
    private var outcomes: [Outcome] = []
    private var thumbnailOutcomes: [Bool] = []
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

    func take() -> (alerts: [Outcome], thumbnails: [Bool]) {
        lock.withLock {
            defer { (outcomes, thumbnailOutcomes) = ([], []) }
            return (outcomes, thumbnailOutcomes)
        }
    }
}
