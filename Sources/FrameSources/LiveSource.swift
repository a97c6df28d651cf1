public import ShrikeCore

/// A camera that is waited for, watched and connected anew for ever; frames are the newest ones, and those nobody asked
/// for in time are counted as dropped.
///
/// `origin` names the session: the source's name and the time it began. Media time is since then, by the monotonic clock.
public final class LiveSource: FrameSource {
    public let info: SourceInfo
    private let channel = EventChannel(.newestFrame)
    private let engine: LiveEngine
    private let start = StartPoint(nil)

    init(feed: any LiveFeed, info: SourceInfo, options: SourceOptions) {
        self.info = info
        engine = LiveEngine(feed: feed, id: info.id, options: options, channel: channel)
    }

    deinit { channel.close() }

    public func next() async throws -> SourceEvent? {
        if start.begin() { SourceThreads.start("shrike-watch") { [engine] in engine.run() } }
        return try await channel.next()
    }

    public func stop() { channel.close() }
}
