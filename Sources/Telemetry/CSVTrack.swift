import ShrikeCore

/// Reader of plain tables: a header row with column names, then one sample a row.
///
/// Separator is a comma, semicolon or tab, told from the header. Columns, in any order and any case, others are
/// ignored:
///
/// | column | meaning |
/// |---|---|
/// | `time_s`, `time_ms` | media time |
/// | `time` | RFC 3339 date and time; needs the recording's start in the clock |
/// | `lat`/`latitude`, `lon`/`lng`/`longitude` | WGS84 degrees |
/// | `rel_alt`/`height` | meters above take-off |
/// | `abs_alt`/`alt`/`altitude` | meters above sea level |
/// | `yaw`, `pitch`, `roll` | gimbal, degrees as in `Pose` |
/// | `hfov` or `focal35` | horizontal field of view in degrees, or 35 mm-equivalent focal length |
///
/// An empty field is unknown. One of the three time columns is needed.
public enum CSVTrack {
    /// - Throws: ``TelemetryError`` without a header, a time column or a row that can be used.
    public static func parse(
        _ bytes: [UInt8], file: String, clock: TrackClock = TrackClock()
    ) throws(TelemetryError) -> TelemetryTrack {
        try TelemetryLimits.check(byteCount: bytes.count, file: file)
        guard let text = TextBytes.normalized(bytes) else {
            throw TelemetryError("this is no text, so no table", at: file, remedy: "export the track as CSV")
        }
        var lines = LineReader(text)
        var log = IssueLog(file: file)
        var header: Range<Int>?
        while header == nil, let line = lines.next() { header = line.isEmpty ? nil : line }
        guard let header, let columns = CSVColumns(ByteScanner(text, header)) else {
            throw TelemetryError(
                "no header row with a time and lat, lon columns", at: "\(file):\(max(1, lines.lineNumber))",
                remedy: "name the columns, e.g. time_s,lat,lon,rel_alt,yaw,pitch,hfov")
        }
        var samples: [TelemetrySample] = []
        var decimals = 0
        while let range = lines.next() {
            guard !range.isEmpty else { continue }
            guard range.count <= TelemetryLimits.lineBytes else {
                log.add(.longLine, line: lines.lineNumber, "a row of \(range.count) bytes was left out")
                continue
            }
            guard let row = columns.read(ByteScanner(text, range)) else {
                log.add(.unreadable, line: lines.lineNumber, "the row has no time that can be read")
                continue
            }
            if row.isOutOfRange { log.add(.outOfRange, line: lines.lineNumber, "the row's place is none on Earth") }
            if row.isZero { log.add(.noFix, line: lines.lineNumber, "0,0 is no place: there was no fix") }
            decimals = max(decimals, row.decimals)
            samples.append(row.sample)
            guard samples.count <= TelemetryLimits.samples else {
                throw TelemetryLimits.tooManySamples(file: file, line: lines.lineNumber)
            }
        }
        guard !samples.isEmpty else {
            throw TelemetryError("no row that can be read", at: file, remedy: "check separator and time column")
        }
        if columns.hasMediaTime {
            for index in samples.indices { samples[index].mediaTime = samples[index].mediaTime + clock.offset }
        } else {
            clock.place(&samples, log: &log)
        }
        if !samples.contains(where: \.hasPlace) { log.add(.noCoordinates, line: nil, "no place in the whole file") }
        return TelemetryTrack(
            file: file, samples: samples, issues: log.issues, variants: ["csv"], method: .none, clockQuality: .file,
            coordinateDecimals: samples.contains(where: \.hasPlace) ? decimals : nil)
    }
}
