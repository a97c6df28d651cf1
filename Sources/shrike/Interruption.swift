import Agent
import Dispatch
import Foundation

/// Runs work that ends early, by cancellation, on SIGINT or SIGTERM.
enum Interruption {
    /// - Throws: `CancellationError` where a signal ended the work before it was done.
    static func cancels<R: Sendable>(_ work: @escaping @Sendable () async throws -> R) async throws -> R {
        // Cancelled by the signal handlers below; awaited before this returns.
        let task = Task { try await work() }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { task.cancel() }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        let result = await task.result
        if task.isCancelled { throw CancellationError() }
        return try result.get()
    }
}
