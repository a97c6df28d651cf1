import ShrikeCore

/// Media time of independent pictures: capture time since the first of them where it rises, else one second each.
struct StillClock {
    private var first: Timestamp?
    private var last: MediaTime?

    mutating func advance(to time: Timestamp?) -> MediaTime {
        let next = (last ?? MediaTime(milliseconds: -1000)) + MediaTime(milliseconds: 1000)
        let result: MediaTime
        if let time {
            if let first {
                let since = time.since(first)
                if let last, since <= last { result = last + MediaTime(milliseconds: 1) } else { result = since }
            } else {
                first = time.advanced(by: .zero - next)
                result = next
            }
        } else {
            result = next
        }
        last = result
        return result
    }
}
