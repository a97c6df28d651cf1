import Foundation

/// Gives every element to every listener. A listener that does not keep up loses the newest; losses are counted.
final class Broadcast<Element: Sendable>: @unchecked Sendable {
    // Proof: every stored property that changes is only touched under `lock`.
    private let lock = NSLock()
    private var listeners: [Int: AsyncStream<Element>.Continuation] = [:]
    private var next = 0
    private var dropped = 0
    private var isFinished = false

    func listen(buffer: Int) -> AsyncStream<Element> {
        let (stream, continuation) = AsyncStream.makeStream(of: Element.self, bufferingPolicy: .bufferingOldest(buffer))
        let id: Int? = lock.withLock {
            if isFinished { return nil }
            next += 1
            listeners[next] = continuation
            return next
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        return stream
    }

    func send(_ element: Element) {
        var lost = 0
        for listener in lock.withLock({ Array(listeners.values) }) {
            if case .dropped = listener.yield(element) { lost += 1 }
        }
        if lost > 0 { lock.withLock { dropped += lost } }
    }

    func finish() {
        let all = lock.withLock {
            isFinished = true
            defer { listeners = [:] }
            return Array(listeners.values)
        }
        for listener in all { listener.finish() }
    }

    var droppedCount: Int { lock.withLock { dropped } }

    private func remove(_ id: Int) { lock.withLock { _ = listeners.removeValue(forKey: id) } }
}
