public import ShrikeCore

/// Time limits of live sources.
public struct LiveTiming: Hashable, Sendable {
    /// Connecting and reading the stream's description.
    public var connectTimeout: MediaTime
    /// The decoder's own limit for one read; the stall limit usually acts first.
    public var readTimeout: MediaTime
    /// Without a picture for this long, or for five usual intervals if that is longer, a source has stalled.
    public var stallAfter: MediaTime
    /// Without a new picture for this long, although pictures arrive, a source is frozen.
    public var frozenAfter: MediaTime
    /// A frozen source is connected anew at most once in this time.
    public var frozenReconnectEvery: MediaTime
    /// Delay before the first new attempt; it grows by 15 % with each failure.
    public var firstRetry: MediaTime
    public var longestRetry: MediaTime

    public init(
        connectTimeout: MediaTime = MediaTime(milliseconds: 5000),
        readTimeout: MediaTime = MediaTime(milliseconds: 5000),
        stallAfter: MediaTime = MediaTime(milliseconds: 3000), frozenAfter: MediaTime = MediaTime(milliseconds: 30_000),
        frozenReconnectEvery: MediaTime = MediaTime(milliseconds: 60_000),
        firstRetry: MediaTime = MediaTime(milliseconds: 1000), longestRetry: MediaTime = MediaTime(milliseconds: 60_000)
    ) {
        (self.connectTimeout, self.readTimeout, self.stallAfter) = (connectTimeout, readTimeout, stallAfter)
        (self.frozenAfter, self.frozenReconnectEvery) = (frozenAfter, frozenReconnectEvery)
        (self.firstRetry, self.longestRetry) = (firstRetry, longestRetry)
    }
}
