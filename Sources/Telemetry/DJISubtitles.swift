/// Reader of the SRT side-cars of DJI (and look-alike) cameras, all known generations.
///
/// Named variants, how they are told apart and their traps: see the Telemetry page. Coordinates without names are put
/// in order by variant, then range (|latitude| ≤ 90), then distance from take-off and from other fixes; where that
/// does not decide, the samples stay without a place and an issue says so.
public enum DJISubtitles {
    /// Parses a whole file.
    ///
    /// - Parameters:
    ///   - bytes: The file: UTF-8 with or without byte-order mark, UTF-16 with one, or any ASCII-compatible encoding.
    ///   - file: Name for issues and errors.
    ///   - coordinateOrder: What to take where the file does not tell; nil leaves those samples without a place.
    /// - Throws: ``TelemetryError`` where nothing can be used: empty, too large, no text, no telemetry in it. A cut
    /// last
    ///   block, missing fixes, odd lines are not errors but ``TelemetryTrack/issues``.
    public static func parse(
        _ bytes: [UInt8], file: String, coordinateOrder: CoordinateOrder? = nil
    ) throws(TelemetryError) -> TelemetryTrack {
        try TelemetryLimits.check(byteCount: bytes.count, file: file)
        guard let text = TextBytes.normalized(bytes) else {
            throw TelemetryError(
                "this is no text, so no subtitle file", at: file,
                remedy: "give the .SRT beside the video, or extract it: ffmpeg -i VIDEO -map 0:s:0 out.srt")
        }
        var reader = DJISubtitleReader(text, file: file)
        try reader.readAll()
        return try reader.track(coordinateOrder: coordinateOrder)
    }
}
