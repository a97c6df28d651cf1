public import ShrikeCore

/// Where a ``Relay`` takes alerts from: a durable queue in the order of sequence numbers.
public protocol RelayQueue: Sendable {
    /// The first items whose numbers lie in the range, at most `limit`, ascending.
    func pending(in range: ClosedRange<UInt64>, limit: Int) async throws -> [RelayItem]
    /// Makes durable that one more attempt begins; nothing is sent before this returns.
    func markAttempted(_ sequences: [UInt64]) async throws
    /// Deletes items that were delivered.
    func acknowledge(_ sequences: [UInt64]) async throws
    /// Deletes all alerts whose numbers are in the set.
    func acknowledge(_ sequences: SequenceSet) async throws
    /// Where the stream stands.
    func position() async throws -> StreamPosition
    /// Signals that items were added; a stream of its own for every caller.
    var wakeups: AsyncStream<Void> { get }
}
