import Foundation

/// Something that happened, told from one thread to another.
final class Flag: @unchecked Sendable {
    // Proof: `value` is only touched under `lock`.
    private let lock = NSLock()
    private var value = false

    var isRaised: Bool { lock.withLock { value } }

    func raise() { lock.withLock { value = true } }
}
