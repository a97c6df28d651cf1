/// Where a ``Relay`` takes alerts from: a durable queue in the order of sequence numbers.
public protocol RelayQueue: Sendable {
    /// The first items after a sequence number, at most `limit`, ascending.
    func pending(after sequence: UInt64, limit: Int) async throws -> [RelayItem]
    /// Makes durable that one more attempt begins; nothing is sent before this returns.
    func markAttempted(_ sequences: [UInt64]) async throws
    /// Deletes items that the broker has taken.
    func acknowledge(_ sequences: [UInt64]) async throws
    /// Signals that items were added; a stream of its own for every caller.
    var wakeups: AsyncStream<Void> { get }
}
