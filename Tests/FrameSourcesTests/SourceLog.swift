import ShrikeCore

/// What came out of a source, in order.
struct SourceLog {
    struct Seen: Hashable {
        var index: Int64
        var mediaTime: MediaTime
        var origin: String
        var fileName: String?
        var number: Int
    }

    var frames: [Seen] = []
    var skipped: [String] = []
    var states: [SourceState] = []
    var dropped = 0
    var error: SourceError?

    var indices: [Int64] { frames.map(\.index) }

    /// Reads until the end, an error, or `limit` frames.
    static func read(_ source: any FrameSource, limit: Int = .max) async -> SourceLog {
        var log = SourceLog()
        do {
            while log.frames.count < limit, let event = try await source.next() { log.add(event) }
        } catch {
            log.error = error as? SourceError ?? SourceError("\(error)", at: "", remedy: "")
        }
        return log
    }

    mutating func add(_ event: SourceEvent) {
        switch event {
        case .frame(let frame):
            frames.append(
                Seen(
                    index: frame.index, mediaTime: frame.mediaTime, origin: frame.origin, fileName: frame.fileName,
                    number: NumberedClip.number(in: frame)))
        case .skipped(let name, let reason): skipped.append("\(name): \(reason)")
        case .dropped(let count): dropped += count
        case .state(let state): states.append(state)
        }
    }
}
