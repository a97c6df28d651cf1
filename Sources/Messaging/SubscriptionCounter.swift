import Foundation

/// What a subscription left out; read while it runs.
final class SubscriptionCounter: @unchecked Sendable {
    // Proof: both counts are only touched under `lock`.
    private let lock = NSLock()
    private var malformedCount = 0
    private var duplicateCount = 0

    var malformed: Int { lock.withLock { malformedCount } }
    var duplicates: Int { lock.withLock { duplicateCount } }

    func countMalformed() { lock.withLock { malformedCount += 1 } }
    func countDuplicate() { lock.withLock { duplicateCount += 1 } }
}
