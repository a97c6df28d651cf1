import Foundation
import ShrikeCore

/// Where a recorded source begins, and whether it has begun.
final class StartPoint: @unchecked Sendable {
    // Sendable: the variables are only touched under `lock`.
    private let lock = NSLock()
    private var cursor: FrameCursor?
    private var hasBegun = false

    init(_ cursor: FrameCursor?) { self.cursor = cursor }

    func set(_ cursor: FrameCursor) { lock.withLock { self.cursor = cursor } }

    /// True for the first caller only.
    func begin() -> Bool {
        lock.withLock {
            defer { hasBegun = true }
            return !hasBegun
        }
    }

    /// Index of the first picture to deliver; nil where the footage of `origin` is complete.
    func firstIndex(for origin: String) -> Int64? {
        guard let cursor = lock.withLock({ self.cursor }), cursor.origin == origin else { return 0 }
        return cursor.isComplete ? nil : max(0, cursor.frameIndex)
    }
}
