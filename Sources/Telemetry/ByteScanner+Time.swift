import ShrikeCore

extension ByteScanner {
    /// Date and time of day as cameras write them: `2017.8.5 14:11:51`, `2019-09-27 10:28:08,438,904`,
    /// `2021-12-25T12:27:52.373`. Leaves the position where there is none.
    mutating func civilTime() -> Timestamp? {
        var copy = self
        guard let time = copy.readCivilTime() else { return nil }
        position = copy.position
        return time
    }

    private mutating func readCivilTime() -> Timestamp? {
        guard let year = digits(), year.count == 4, let separator = current,
            separator == 46 || separator == 45 || separator == 47, skip(separator),
            let month = digits(maximum: 2), skip(separator), let day = digits(maximum: 2)
        else { return nil }
        guard skip(84) || current?.isBlank == true else { return nil }
        skipBlanks()
        guard let hour = digits(maximum: 2), skip(58), let minute = digits(maximum: 2), minute.count == 2, skip(58),
            let second = digits(maximum: 2), second.count == 2
        else { return nil }
        return Timestamp(
            year: year.value, month: month.value, day: day.value, hour: hour.value, minute: minute.value,
            second: second.value, microsecond: fraction())
    }

    /// `.373`, `,373` or `,438,904` as microseconds; 0 where there is none.
    private mutating func fraction() -> Int64 {
        guard let mark = current, mark == 46 || mark == 44 || mark == 58, peek(1)?.isDigit == true else { return 0 }
        advance()
        guard let first = digits(maximum: 6) else { return 0 }
        var microseconds = first.value
        for _ in first.count..<6 { microseconds *= 10 }
        if first.count == 3, mark == 44, current == 44, peek(1)?.isDigit == true {
            var rest = self
            rest.advance()
            if let fine = rest.digits(maximum: 4), fine.count == 3 {
                microseconds += fine.value
                position = rest.position
            }
        }
        return microseconds
    }

    /// First half of a cue-time line, `00:15:04,904 --> ...`, hours optional; nil where it is none.
    mutating func cueTime() -> MediaTime? {
        guard let a = digits(maximum: 4), skip(58), let b = digits(maximum: 2) else { return nil }
        var (hours, minutes, seconds) = (Int64(0), a.value, b.value)
        if skip(58) {
            guard let c = digits(maximum: 2) else { return nil }
            (hours, minutes, seconds) = (a.value, b.value, c.value)
        }
        guard minutes < 60, seconds < 60 else { return nil }
        return MediaTime(microseconds: (hours * 3600 + minutes * 60 + seconds) * 1_000_000 + fraction())
    }
}
