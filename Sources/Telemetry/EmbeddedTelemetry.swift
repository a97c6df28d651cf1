/// Telemetry inside of a video file: subtitle tracks of MP4 and MOV, KLV streams of MPEG transport streams.
///
/// Which it is is told by the first bytes. A video without such a track is not an error.
public enum EmbeddedTelemetry {
    /// The telemetry of a video, or nil where it carries none or is of another kind.
    ///
    /// - Parameters:
    ///   - recording: The video, e.g. a ``RecordingFile``. MP4: only index and text are read; TS: all of it, once.
    ///   - coordinateOrder: See ``DJISubtitles``.
    /// - Throws: ``TelemetryError`` where a track that should hold telemetry cannot be used, or the video is damaged.
    public static func read(
        _ recording: some RecordingBytes, file: String, coordinateOrder: CoordinateOrder? = nil
    ) throws(TelemetryError) -> TelemetryTrack? {
        let head = try recording.bytes(at: 0, count: 4096)
        if MovieSubtitles.isMovie(head) {
            return try MovieSubtitles.parse(recording, file: file, coordinateOrder: coordinateOrder)
        }
        if TransportStreamTrack.isTransportStream(head) {
            return try TransportStreamTrack.parse(recording, file: file)
        }
        return nil
    }
}
