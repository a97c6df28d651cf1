import Foundation
import ShrikeCore

/// Renders a few frames side by side and hands them out in order, so that footage does not depend on thread timing.
struct FrameBatch: Sendable {
    private let frames: [Result<PixelBuffer, any Error>]

    init(_ indices: Range<Int>, render: @escaping @Sendable (Int) throws -> PixelBuffer) {
        let slots = Slots(count: indices.count)
        DispatchQueue.concurrentPerform(iterations: indices.count) { slot in
            slots.put(Result { try render(indices.lowerBound + slot) }, at: slot)
        }
        frames = slots.all()
    }

    /// The frames in order; the first failure is thrown when its turn comes.
    func inOrder(_ body: (PixelBuffer) throws -> Void) throws {
        for frame in frames { try body(frame.get()) }
    }
}

/// Results by position, under a lock.
private final class Slots: @unchecked Sendable {
    // Sendable: `slots` is only touched under `lock`.
    private let lock = NSLock()
    private var slots: [Result<PixelBuffer, any Error>?]

    init(count: Int) { slots = Array(repeating: nil, count: count) }

    func put(_ result: Result<PixelBuffer, any Error>, at index: Int) { lock.withLock { slots[index] = result } }

    func all() -> [Result<PixelBuffer, any Error>] { lock.withLock { slots.compactMap { $0 } } }
}
