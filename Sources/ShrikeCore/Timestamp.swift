/// A point on the UTC clock, in microseconds since 1970-01-01T00:00:00Z (leap seconds not counted, as in POSIX).
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    public init(from decoder: any Decoder) throws {
        microseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(microseconds)
    }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

    public func advanced(by time: MediaTime) -> Timestamp {
        Timestamp(microseconds: microseconds &+ time.microseconds)
    }

    /// Time from `other` to here.
    public func since(_ other: Timestamp) -> MediaTime {
        MediaTime(microseconds: microseconds &- other.microseconds)
    }
}

extension Timestamp {
    /// RFC 3339 in UTC with milliseconds, e.g. `2026-11-22T01:34:39.250Z`. Truncates towards the past.
    public var rfc3339: String {
        let (day, microsecondOfDay) = microseconds.flooredQuotientAndRemainder(by: 86_400_000_000)
        let date = CivilDate(daysSince1970: day)
        let ms = microsecondOfDay / 1000
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T"
            + "\(padded(ms / 3_600_000, 2)):\(padded(ms / 60_000 % 60, 2)):\(padded(ms / 1000 % 60, 2)).\(padded(ms % 1000, 3))Z"
    }

    /// Reads `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)`; nil where the text is anything else or no real date.
    public init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 40, bytes[4] == 45, bytes[7] == 45, bytes[13] == 58, bytes[16] == 58,
            bytes[10] == 84 || bytes[10] == 116 || bytes[10] == 32,
            let year = digits(bytes[0..<4]), let month = digits(bytes[5..<7]), let day = digits(bytes[8..<10]),
            let hour = digits(bytes[11..<13]), let minute = digits(bytes[14..<16]), let second = digits(bytes[17..<19])
        else { return nil }
        var rest = bytes[19...]
        var fraction: Int64 = 0
        if rest.first == 46 {
            rest = rest.dropFirst()
            var scale: Int64 = 100_000
            var count = 0
            while let c = rest.first, c >= 48, c <= 57 {
                fraction += Int64(c - 48) * scale
                scale /= 10
                count += 1
                rest = rest.dropFirst()
            }
            guard count > 0 else { return nil }
        }
        let offset: Int64
        if rest.count == 1, rest.first == 90 || rest.first == 122 {
            offset = 0
        } else if rest.count == 6, let sign = rest.first, sign == 43 || sign == 45,
            let h = digits(rest.dropFirst().prefix(2)), rest[rest.startIndex + 3] == 58, let m = digits(rest.suffix(2)),
            h < 24, m < 60
        {
            offset = (sign == 43 ? 1 : -1) * (h * 3600 + m * 60)
        } else {
            return nil
        }
        guard let base = Timestamp(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        self.init(microseconds: base.microseconds + fraction - offset * 1_000_000)
    }

    /// A civil UTC date and time; nil where there is no such date (month 13, 30 February, 25 o'clock).
    public init?(
        year: Int64, month: Int64, day: Int64, hour: Int64, minute: Int64, second: Int64, microsecond: Int64 = 0
    ) {
        guard (0...9999).contains(year), (1...12).contains(month), (1...31).contains(day), (0..<24).contains(hour),
            (0..<60).contains(minute), (0...60).contains(second), (0..<1_000_000).contains(microsecond)
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard CivilDate(daysSince1970: date.daysSince1970) == date else { return nil }
        self.init(
            microseconds: (date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second) * 1_000_000 + microsecond)
    }
}

/// A day of the proleptic Gregorian calendar. Conversions after H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
private struct CivilDate: Equatable {
    var year: Int64
    var month: Int64
    var day: Int64

    init(year: Int64, month: Int64, day: Int64) { (self.year, self.month, self.day) = (year, month, day) }

    init(daysSince1970 days: Int64) {
        let z = days + 719_468
        let (era, dayOfEra) = z.flooredQuotientAndRemainder(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int64 {
        let y = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = y.flooredQuotientAndRemainder(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension Int64 {
    fileprivate func flooredQuotientAndRemainder(by divisor: Int64) -> (Int64, Int64) {
        let (q, r) = quotientAndRemainder(dividingBy: divisor)
        return r < 0 ? (q - 1, r + divisor) : (q, r)
    }
}

private func padded(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
}

private func digits(_ bytes: ArraySlice<UInt8>) -> Int64? {
    var value: Int64 = 0
    for b in bytes {
        guard b >= 48, b <= 57 else { return nil }
        value = value * 10 + Int64(b - 48)
    }
    return value
}
