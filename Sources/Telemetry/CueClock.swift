import ShrikeCore

/// Gives every cue a media time, from its cue-time line or, where that is missing, from the camera's clock.
struct CueClock {
    private var media: MediaTime?
    private var local: Timestamp?

    mutating func mediaTime(of cue: DJICue, log: inout IssueLog) -> MediaTime? {
        guard let start = cue.start else {
            guard let now = cue.localTime else {
                log.add(.noTime, line: cue.firstLine, "neither cue time nor date; the block was left out")
                return nil
            }
            log.add(.missingCueTime, line: cue.firstLine, "no cue time; the camera's clock is used instead")
            let time = local.flatMap { before in media.map { $0 + now.since(before) } } ?? media ?? .zero
            (media, local) = (time, now)
            return time
        }
        if let media, let local, let now = cue.localTime {
            let jump = now.since(local) - (start - media)
            if jump.microseconds.magnitude > 5_000_000 {
                log.add(
                    .clockJump, line: cue.firstLine,
                    "the camera's clock jumps by \(Int(jump.seconds)) s against the media time")
            }
        }
        media = start
        local = cue.localTime
        return start
    }
}
