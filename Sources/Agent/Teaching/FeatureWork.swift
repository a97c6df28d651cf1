import Detection
import Foundation
import ShrikeCore

/// Runs a base over many pictures on several threads; results come in the order of the pictures.
struct FeatureWork: Sendable {
    let backbone: Backbone
    let workers: Int

    /// - Parameters:
    ///   - picture: decodes the picture at a position; called on the worker's thread.
    ///   - take: makes what is wanted of its features.
    ///   - progress: pictures done so far.
    /// - Throws: the first failure; `CancellationError` where the task was cancelled.
    func map<R: Sendable>(
        count: Int, picture: @escaping @Sendable (Int) throws -> PixelBuffer,
        take: @escaping @Sendable (Int, borrowing Features) throws -> R,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> [R] {
        let slots = Slots<R>(count: count)
        let backbone = backbone
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<max(1, min(workers, count)) {
                group.addTask {
                    let thread = BlockingThread(label: "features-\(number)")
                    let extractor = UncheckedBox(try FeatureExtractor(backbone))
                    while !Task.isCancelled, let position = slots.next() {
                        let result = try await thread.run {
                            let pixels = try picture(position)
                            return try extractor.value.withFeatures(of: pixels) { try take(position, $0) }
                        }
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
