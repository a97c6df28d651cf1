/// One of several runs that share the work of a mission.
public struct ReplayShard: Hashable, Sendable {
    /// From 1.
    public var number: Int
    public var count: Int

    /// Nil unless `1 <= number <= count`.
    public init?(number: Int, of count: Int) {
        guard (1...100_000).contains(count), (1...count).contains(number) else { return nil }
        (self.number, self.count) = (number, count)
    }

    /// Whether the piece of work at `position` (from 0) is this shard's.
    func takes(_ position: Int) -> Bool { position % count == number - 1 }
}
