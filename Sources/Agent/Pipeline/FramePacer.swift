import ShrikeCore

/// Decides which frames are analysed and when: a limit of frames per second by media time, and a speed for replays.
struct FramePacer: Sendable {
    /// Least media time between two analysed frames; nil analyses all.
    var minimumInterval: MediaTime?
    /// Media seconds per second on the clock; nil runs as fast as it can.
    var speed: Double?
    /// A person at the controls, who then decides instead of `speed`.
    var playback: Playback?
    private var lastAdmitted: MediaTime?
    private var start: (clock: ContinuousClock.Instant, media: MediaTime)?

    init(framesPerSecond: Double? = nil, speed: Double? = nil, playback: Playback? = nil) {
        // A hair less than the interval, so that a limit equal to the footage's rate passes every frame.
        minimumInterval = framesPerSecond.map { MediaTime(seconds: 0.99 / $0) }
        (self.speed, self.playback) = (speed, playback)
    }

    /// Takes note of a frame that was analysed in an earlier run.
    mutating func resume(at frame: Frame) { lastAdmitted = frame.mediaTime }

    /// Whether the frame is to be analysed; waits until its time has come.
    mutating func admits(_ frame: Frame) async -> Bool {
        if let minimumInterval, let lastAdmitted, frame.mediaTime >= lastAdmitted,
            frame.mediaTime - lastAdmitted < minimumInterval
        {
            return false
        }
        lastAdmitted = frame.mediaTime
        if let playback {
            await playback.waits(for: frame.mediaTime)
            return true
        }
        guard let speed else { return true }
        let begin = start ?? (.now, frame.mediaTime)
        start = begin
        let due = begin.clock + .microseconds(Int64(Double((frame.mediaTime - begin.media).microseconds) / speed))
        try? await Task.sleep(until: due)
        return true
    }
}
