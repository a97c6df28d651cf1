import ShrikeCore

/// Reader of GPX 1.0 and 1.1 track points: `<trkpt lat lon>` with `<ele>` and `<time>`.
///
/// A GPX track tells where, not which way the camera looked: its poses have no angles. `<ele>` becomes the absolute
/// altitude. Points without a time cannot be joined with a recording and are left out.
public enum GPXTrack {
    /// - Throws: ``TelemetryError`` where no track point with a time is found.
    public static func parse(
        _ bytes: [UInt8], file: String, clock: TrackClock = TrackClock()
    ) throws(TelemetryError) -> TelemetryTrack {
        try TelemetryLimits.check(byteCount: bytes.count, file: file)
        guard let text = TextBytes.normalized(bytes) else {
            throw TelemetryError("this is no text, so no GPX file", at: file, remedy: "export the track as GPX 1.1")
        }
        var log = IssueLog(file: file)
        var samples: [TelemetrySample] = []
        var decimals = 0
        var tags = XMLTagReader(text)
        var point: TelemetrySample?
        while let tag = tags.next() {
            switch tag.name {
            case "trkpt":
                let sample = start(tag, tags, line: tags.lineNumber, decimals: &decimals, log: &log)
                if tag.isSelfClosing {
                    log.add(.noTime, line: tags.lineNumber, "a track point without time was left out")
                } else {
                    point = sample
                }
            case "ele" where point != nil:
                var value = tags.text(after: tag)
                point?.pose.absoluteAltitude = value.decimal()?.value
            case "time" where point != nil:
                let value = tags.text(after: tag)
                point?.localTime = Timestamp(rfc3339: String(decoding: text[value.position..<value.end], as: UTF8.self))
            case "/trkpt":
                guard let done = point else { continue }
                point = nil
                guard done.localTime != nil else {
                    log.add(.noTime, line: tags.lineNumber, "a track point without time was left out")
                    continue
                }
                samples.append(done)
                guard samples.count <= TelemetryLimits.samples else {
                    throw TelemetryLimits.tooManySamples(file: file, line: tags.lineNumber)
                }
            default: break
            }
        }
        if point != nil { log.add(.cutBlock, line: tags.lineNumber, "the last track point is cut and was left out") }
        guard !samples.isEmpty else {
            throw TelemetryError(
                "no track point with a time", at: file, remedy: "export a GPX track (not a route) with times")
        }
        clock.place(&samples, log: &log)
        return TelemetryTrack(
            file: file, samples: samples, issues: log.issues, variants: ["gpx"], method: .none, clockQuality: .gps,
            coordinateDecimals: samples.contains(where: \.hasPlace) ? decimals : nil)
    }

    private static func start(
        _ tag: XMLTagReader.Tag, _ tags: XMLTagReader, line: Int, decimals: inout Int, log: inout IssueLog
    ) -> TelemetrySample {
        var sample = TelemetrySample(mediaTime: .zero)
        guard var a = tags.attribute("lat", of: tag), var b = tags.attribute("lon", of: tag),
            let latitude = a.decimal(),
            let longitude = b.decimal()
        else {
            log.add(.unreadable, line: line, "a track point without lat and lon")
            return sample
        }
        if abs(latitude.value) < 1e-6, abs(longitude.value) < 1e-6 {
            log.add(.noFix, line: line, "0,0 is no place: there was no fix")
        } else if abs(latitude.value) > 90 || abs(longitude.value) > 180 {
            log.add(.outOfRange, line: line, "\(latitude.value), \(longitude.value) is no place on Earth")
        } else {
            (sample.pose.latitude, sample.pose.longitude) = (latitude.value, longitude.value)
            decimals = max(decimals, latitude.decimals, longitude.decimals)
        }
        return sample
    }
}
