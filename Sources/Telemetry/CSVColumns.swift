import ShrikeCore

/// Which column of a table holds what, and how a row is read by it.
struct CSVColumns {
    enum Meaning: Hashable {
        case seconds, milliseconds, date, latitude, longitude, relativeAltitude, absoluteAltitude
        case yaw, pitch, roll, fieldOfView, focalLength35
    }

    struct Row {
        var sample: TelemetrySample
        var decimals = 0
        var isOutOfRange = false
        var isZero = false
    }

    private static let names: [String: Meaning] = [
        "time_s": .seconds, "time_ms": .milliseconds, "time": .date, "lat": .latitude, "latitude": .latitude,
        "lon": .longitude, "lng": .longitude, "longitude": .longitude, "rel_alt": .relativeAltitude,
        "height": .relativeAltitude, "abs_alt": .absoluteAltitude, "alt": .absoluteAltitude,
        "altitude": .absoluteAltitude, "yaw": .yaw, "pitch": .pitch, "roll": .roll, "hfov": .fieldOfView,
        "focal35": .focalLength35,
    ]
    private static let mostColumns = 256

    private let separator: UInt8
    private let columns: [Int: Meaning]
    let hasMediaTime: Bool

    /// Nil where the header names no time or no latitude and longitude.
    init?(_ header: ByteScanner) {
        let bytes = header.bytes[header.position..<header.end]
        separator = [9, 59].first { bytes.contains($0) } ?? 44
        var columns: [Int: Meaning] = [:]
        var seen: Set<Meaning> = []
        for (index, field) in Self.fields(header, separator).enumerated() {
            let name = header.lowercasedText(field)
            // The first of two equal columns counts.
            if let meaning = Self.names[name], seen.insert(meaning).inserted { columns[index] = meaning }
        }
        self.columns = columns
        hasMediaTime = seen.contains(.seconds) || seen.contains(.milliseconds)
        guard hasMediaTime || seen.contains(.date), seen.contains(.latitude), seen.contains(.longitude) else {
            return nil
        }
    }

    /// Nil where the row has no time.
    func read(_ row: ByteScanner) -> Row? {
        var result = Row(sample: TelemetrySample(mediaTime: .zero))
        var time: MediaTime?
        var latitude: Double?
        var longitude: Double?
        for (index, range) in Self.fields(row, separator).enumerated() {
            guard let meaning = columns[index] else { continue }
            var field = ByteScanner(row.bytes, range)
            if meaning == .date {
                result.sample.localTime = Timestamp(rfc3339: String(decoding: row.bytes[range], as: UTF8.self))
                continue
            }
            guard let token = field.decimal(), field.isAtEnd else { continue }
            switch meaning {
            case .seconds where abs(token.value) < 1e7: time = MediaTime(seconds: token.value)
            case .milliseconds where abs(token.value) < 1e10: time = MediaTime(seconds: token.value / 1000)
            case .latitude: (latitude, result.decimals) = (token.value, max(result.decimals, token.decimals))
            case .longitude: (longitude, result.decimals) = (token.value, max(result.decimals, token.decimals))
            case .relativeAltitude: result.sample.pose.relativeAltitude = token.value
            case .absoluteAltitude: result.sample.pose.absoluteAltitude = token.value
            case .yaw: result.sample.pose.yaw = Angle.wrapped(token.value)
            case .pitch: result.sample.pose.pitch = token.value
            case .roll: result.sample.pose.roll = token.value
            case .fieldOfView: result.sample.pose.horizontalFieldOfView = token.value
            case .focalLength35:
                result.sample.camera.focalLength35 = Float(token.value)
                result.sample.pose.horizontalFieldOfView =
                    result.sample.pose.horizontalFieldOfView ?? Angle.horizontalFieldOfView(focalLength35: token.value)
            case .seconds, .milliseconds, .date: break
            }
        }
        guard hasMediaTime ? time != nil : result.sample.localTime != nil else { return nil }
        result.sample.mediaTime = time ?? .zero
        if let latitude, let longitude {
            result.isZero = abs(latitude) < 1e-6 && abs(longitude) < 1e-6
            result.isOutOfRange = abs(latitude) > 90 || abs(longitude) > 180
            if !result.isZero, !result.isOutOfRange {
                (result.sample.pose.latitude, result.sample.pose.longitude) = (latitude, longitude)
            }
        }
        return result
    }

    /// Ranges of the fields without quotes and blanks around them. No column we read holds a separator in quotes.
    private static func fields(_ row: ByteScanner, _ separator: UInt8) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = row.position
        func trimmed(_ range: Range<Int>) -> Range<Int> {
            var (low, high) = (range.lowerBound, range.upperBound)
            while low < high, row.bytes[low].isBlank || row.bytes[low] == 34 { low += 1 }
            while high > low, row.bytes[high - 1].isBlank || row.bytes[high - 1] == 34 { high -= 1 }
            return low..<high
        }
        for index in row.position..<row.end where row.bytes[index] == separator && result.count < mostColumns {
            result.append(trimmed(start..<index))
            start = index + 1
        }
        result.append(trimmed(start..<row.end))
        return result
    }
}
