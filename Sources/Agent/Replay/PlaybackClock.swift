/// Which media time is due when a person pauses, steps and seeks. A pure value: the clock's seconds are passed in.
///
/// Analysis takes every frame in order, whatever the person does, so the results are always the same. Seeking forward lets the
/// frames up to there through without waiting; seeking back holds the next frame until the clock is there again.
struct PlaybackClock: Hashable, Sendable {
    /// Media seconds per second; nil for as fast as it goes.
    let speed: Double?
    private(set) var isPaused = false
    private var steps = 0
    /// Media time at `anchor`.
    private var media: Double?
    private var anchor = 0.0
    /// Media time of the first and the newest frame let through.
    private var first = 0.0
    private var newest = 0.0

    init(speed: Double?) { self.speed = speed }

    /// Other footage begins; its first frame is due at once.
    mutating func begin() { media = nil }

    /// Media time that is shown now.
    func position(now: Double) -> Double {
        guard let media else { return 0 }
        if isPaused { return media }
        guard let speed else { return max(media, newest) }
        return media + (now - anchor) * speed
    }

    /// Seconds until a frame may be let through, to be asked again then; nil: let it through.
    mutating func delay(of frame: Double, now: Double) -> Double? {
        if media == nil { (media, anchor, first, newest) = (frame, now, frame, frame) }
        if isPaused {
            guard steps > 0 else { return 0.05 }
            steps -= 1
            (media, newest) = (frame, frame)
            return nil
        }
        guard let speed else {
            newest = frame
            return nil
        }
        let ahead = frame - position(now: now)
        guard ahead <= 0 else { return min(0.05, ahead / speed) }
        newest = frame
        return nil
    }

    mutating func togglePause(now: Double) {
        let position = position(now: now)
        if media != nil { (media, anchor) = (position, now) }
        isPaused.toggle()
        steps = 0
    }

    /// Lets one more frame through; pauses first where nothing is paused.
    mutating func step(now: Double) {
        if !isPaused { togglePause(now: now) }
        steps += 1
    }

    /// Back no further than to the first frame.
    mutating func seek(by seconds: Double, now: Double) {
        guard media != nil else { return }
        (media, anchor) = (max(first, position(now: now) + seconds), now)
        if isPaused, seconds > 0 { isPaused = false }
    }
}
