import Foundation

/// A counting semaphore for tasks: bounds how many frames of one source are on their way.
final class Permits: @unchecked Sendable {
    // Sendable: all state is only touched under `lock`.
    private let lock = NSLock()
    private var available: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { available = count }

    func acquire() async {
        await withCheckedContinuation { continuation in
            let isFree = lock.withLock {
                if available > 0 {
                    available -= 1
                    return true
                }
                waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func release() {
        let next: CheckedContinuation<Void, Never>? = lock.withLock {
            if waiting.isEmpty {
                available += 1
                return nil
            }
            return waiting.removeFirst()
        }
        next?.resume()
    }
}
