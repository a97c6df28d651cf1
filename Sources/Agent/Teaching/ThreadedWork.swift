import Foundation
import ShrikeCore

/// Many pieces of work on several threads, each with a tool of its own; results come in order.
enum ThreadedWork {
    /// - Parameters:
    ///   - tool: makes what one thread works with.
    ///   - take: does the piece at a position; called on the tool's thread.
    ///   - progress: pieces done so far.
    /// - Throws: the first failure; `CancellationError` where the task was cancelled.
    static func map<Tool, R: Sendable>(
        count: Int, workers: Int, tool: @Sendable () throws -> Tool,
        take: @escaping @Sendable (Tool, Int) throws -> R,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> [R] {
        let slots = Slots<R>(count: count)
        let tools = try (0..<max(1, min(workers, count))).map { _ in UncheckedBox(try tool()) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, tool) in tools.enumerated() {
                group.addTask {
                    let thread = BlockingThread(label: "work-\(number)")
                    while !Task.isCancelled, let position = slots.next() {
                        let result = try await thread.run { try take(tool.value, position) }
                        progress(slots.put(result, at: position))
                    }
                }
            }
            try await group.waitForAll()
        }
        try Task.checkCancellation()
        return slots.all()
    }
}

/// Carries a value that only one thread touches at a time to that thread.
private struct UncheckedBox<Value>: @unchecked Sendable {
    // Sendable: pieces of work on one `BlockingThread` run one after another.
    let value: Value

    init(_ value: Value) { self.value = value }
}

/// Results by position.
private final class Slots<Value: Sendable>: @unchecked Sendable {
    // Sendable: everything is only touched under `lock`.
    private let lock = NSLock()
    private var values: [Value?]
    private var started = 0
    private var finished = 0

    init(count: Int) { values = Array(repeating: nil, count: count) }

    /// Position of the next piece of work; nil where none is left.
    func next() -> Int? {
        lock.withLock {
            guard started < values.count else { return nil }
            defer { started += 1 }
            return started
        }
    }

    /// - Returns: how many are done.
    func put(_ value: Value, at position: Int) -> Int {
        lock.withLock {
            values[position] = value
            finished += 1
            return finished
        }
    }

    func all() -> [Value] { lock.withLock { values.compactMap(\.self) } }
}
