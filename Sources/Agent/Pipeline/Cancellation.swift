import Foundation

/// Whether blocking work is to end early; set from a cancellation handler, read by the work.
final class Cancellation: @unchecked Sendable {
    // Sendable: `flag` is only touched under `lock`.
    private let lock = NSLock()
    private var flag = false

    func cancel() { lock.withLock { flag = true } }

    var isCancelled: Bool { lock.withLock { flag } }
}
