import Foundation

/// Resumes a continuation the first time it is told to, and never again.
final class OnceContinuation: @unchecked Sendable {
    // Proof: `continuation` is only touched under `lock`.
    private let lock = NSLock()
    private var continuation: CheckedContinuation<Void, Never>?

    init(_ continuation: CheckedContinuation<Void, Never>) { self.continuation = continuation }

    func resume() {
        lock.withLock {
            defer { continuation = nil }
            return continuation
        }?.resume()
    }
}
