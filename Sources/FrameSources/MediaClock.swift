import ShrikeCore

/// Media time of the frames of one recording: what the container says where that rises, else counted on by the frame
/// rate, so that times strictly rise whatever a damaged container claims.
struct MediaClock {
    private let interval: Int64
    private var last: Int64?

    /// - Parameter framesPerSecond: 0 where unknown; 25 is then assumed for frames without a time.
    init(framesPerSecond: Double) {
        let rate = framesPerSecond.isFinite && framesPerSecond > 0 ? min(framesPerSecond, 10_000) : 25
        interval = max(1, Int64((1_000_000 / rate).rounded()))
    }

    /// Time of the next frame; `position` is what the container says.
    mutating func advance(to position: MediaTime?) -> MediaTime {
        let claimed = position.map(\.microseconds)
        let time: Int64
        if let last {
            let (counted, overflow) = last.addingReportingOverflow(interval)
            let next = overflow ? last : counted
            // A leap of more than ten minutes is a damaged time stamp, not a pause.
            if let claimed, claimed > last, claimed - last < 600_000_000 { time = claimed } else { time = next }
        } else {
            time = max(0, min(claimed ?? 0, 600_000_000))
        }
        last = time
        return MediaTime(microseconds: time)
    }
}
