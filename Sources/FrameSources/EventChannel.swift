import Foundation
import ShrikeCore

/// Hands events from one producing thread to one consuming task.
///
/// Recorded sources wait for room and never drop; live ones keep only the newest frame and count what it replaced.
final class EventChannel: @unchecked Sendable {
    // Sendable: every stored property but constants is touched under `condition` only.
    enum Policy: Sendable {
        /// The producer waits while this many events are queued.
        case backPressure(capacity: Int)
        /// A frame replaces an unread one; of states the newest 16 are kept.
        case newestFrame
    }

    private let policy: Policy
    private let condition = NSCondition()
    private var events: [SourceEvent] = []
    private var dropped = 0
    private var waiter: CheckedContinuation<SourceEvent?, any Error>?
    private var failure: SourceError?
    private var isFinished = false
    private var isClosed = false

    init(_ policy: Policy) { self.policy = policy }

    /// The consumer has lost interest; producers should stop.
    var closed: Bool { locked { isClosed } }

    /// Adds an event, waiting for room where the policy says so; false once the consumer has closed the channel.
    ///
    /// Blocks: for the producer's own thread.
    func send(_ event: SourceEvent) -> Bool {
        condition.lock()
        if case .backPressure(let capacity) = policy {
            while events.count >= capacity, !isClosed { condition.wait() }
        }
        guard !isClosed, !isFinished else {
            condition.unlock()
            return false
        }
        append(event)
        let delivery = takeDelivery()
        condition.unlock()
        delivery?()
        return true
    }

    /// No event follows; queued ones are still delivered, then `error` once, then nil.
    func finish(throwing error: SourceError? = nil) {
        condition.lock()
        if !isFinished {
            isFinished = true
            failure = error
        }
        let delivery = takeDelivery()
        condition.unlock()
        delivery?()
    }

    /// Ends the stream for the consumer at once: queued events are thrown away, a waiting ``next()`` returns nil.
    func close() {
        condition.lock()
        isClosed = true
        events = []
        failure = nil
        let delivery = takeDelivery()
        condition.broadcast()
        condition.unlock()
        delivery?()
    }

    /// The next event; nil at the end, and where the calling task is cancelled.
    func next() async throws -> SourceEvent? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { register($0) }
        } onCancel: {
            cancelWaiter()
        }
    }

    /// Waits up to `seconds`, less when the consumer closes the channel. Blocks: for the producer's own thread.
    func pause(seconds: Double) {
        let end = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        while !isClosed, condition.wait(until: end) {}
        condition.unlock()
    }

    private func register(_ continuation: CheckedContinuation<SourceEvent?, any Error>) {
        condition.lock()
        // A second consumer takes the place of the first, which sees the end.
        let displaced = waiter
        waiter = nil
        var cancelled: CheckedContinuation<SourceEvent?, any Error>?
        if Task.isCancelled { cancelled = continuation } else { waiter = continuation }
        let delivery = takeDelivery()
        condition.unlock()
        displaced?.resume(returning: nil)
        cancelled?.resume(returning: nil)
        delivery?()
    }

    private func cancelWaiter() {
        condition.lock()
        let cancelled = waiter
        waiter = nil
        condition.unlock()
        cancelled?.resume(returning: nil)
    }

    /// Called under the lock.
    private func append(_ event: SourceEvent) {
        guard case .newestFrame = policy else {
            events.append(event)
            return
        }
        if case .frame = event, let old = events.firstIndex(where: \.isFrame) {
            events.remove(at: old)
            dropped += 1
        } else if !event.isFrame, events.count > 16, let old = events.firstIndex(where: { !$0.isFrame }) {
            events.remove(at: old)
        }
        events.append(event)
    }

    /// Called under the lock: takes the waiter and what it gets, to be resumed outside.
    private func takeDelivery() -> (() -> Void)? {
        guard let waiting = waiter else { return nil }
        if isClosed {
            waiter = nil
            return { waiting.resume(returning: nil) }
        }
        if let first = events.first {
            waiter = nil
            if first.isFrame, dropped > 0 {
                let count = dropped
                dropped = 0
                return { waiting.resume(returning: .dropped(count: count)) }
            }
            events.removeFirst()
            condition.signal()
            return { waiting.resume(returning: first) }
        }
        guard isFinished else { return nil }
        waiter = nil
        if let error = failure {
            failure = nil
            return { waiting.resume(throwing: error) }
        }
        return { waiting.resume(returning: nil) }
    }

    private func locked<R>(_ body: () -> R) -> R {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }
}

extension SourceEvent {
    fileprivate var isFrame: Bool {
        if case .frame = self { true } else { false }
    }
}
