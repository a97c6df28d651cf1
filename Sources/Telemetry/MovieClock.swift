public import ShrikeCore

/// When an MP4 or MOV recording was begun, by its own index.
public enum MovieClock {
    /// Seconds from 1904-01-01, the zero of ISO base media files, to 1970-01-01.
    private static let zero: Int64 = 2_082_844_800
    /// Earlier times are those of a camera whose clock was never set.
    private static let earliest: Int64 = 1_104_537_600

    /// The creation time of the movie header; nil in other containers, and where the camera wrote none.
    ///
    /// The standard wants UTC, some cameras write local time: whoever joins it with a clock of UTC says so.
    public static func creationTime(_ recording: some RecordingBytes) -> Timestamp? {
        guard let head = try? recording.bytes(at: 0, count: 16), MovieSubtitles.isMovie(head),
            let movie = try? MovieSubtitles.movieBox(recording)
        else { return nil }
        let all = BoxReader(movie, 0..<movie.count)
        guard let header = all.first("mvhd", in: 0..<movie.count) else { return nil }
        var reader = BoxReader(movie, header)
        guard let versionAndFlags = reader.uint32() else { return nil }
        let stored = versionAndFlags >> 24 == 1 ? reader.uint64() : reader.uint32().map { UInt64($0) }
        guard let stored, let seconds = Int64(exactly: stored), seconds < 1 << 40 else { return nil }
        let since1970 = seconds - zero
        return since1970 >= earliest ? Timestamp(microseconds: since1970 * 1_000_000) : nil
    }
}
