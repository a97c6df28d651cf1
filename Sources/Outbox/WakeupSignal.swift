import Foundation

/// Tells every listener that there is something new; many signals before a listener looks are one.
final class WakeupSignal: @unchecked Sendable {
    // Proof: `listeners` and `next` are only touched under `lock`.
    private let lock = NSLock()
    private var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
    private var next = 0

    func listen() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = lock.withLock {
            next += 1
            listeners[next] = continuation
            return next
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        return stream
    }

    func signal() {
        for listener in lock.withLock({ Array(listeners.values) }) { listener.yield() }
    }

    private func remove(_ id: Int) { lock.withLock { _ = listeners.removeValue(forKey: id) } }
}
