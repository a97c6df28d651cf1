/// One track of a movie box whose samples are text.
struct TextTrack {
    /// Units of a second in the sample times.
    var timeScale: UInt32
    /// Added to sample times, in milliseconds: the edit list's.
    var shiftMilliseconds: Int64
    /// Samples begin with the length of their text.
    var hasLength: Bool
    /// Where the sample table lies in the movie box.
    var table: Range<Int>

    /// The first text tracks, at most so many.
    static func all(in movie: BoxReader, limit: Int) -> [TextTrack] {
        let whole = movie.position..<movie.end
        var movieScale: UInt32 = 1000
        if let header = movie.first("mvhd", in: whole), let scale = timeScale(movie, header) { movieScale = scale }
        var tracks: [TextTrack] = []
        var boxes = movie
        while tracks.count < limit, let box = boxes.next() {
            if box.type == BoxReader.type("trak"), let track = TextTrack(movie, box.content, movieScale: movieScale) {
                tracks.append(track)
            }
        }
        return tracks
    }

    /// Nil where the track is no text.
    private init?(_ movie: BoxReader, _ track: Range<Int>, movieScale: UInt32) {
        guard let media = movie.first("mdia", in: track), let header = movie.first("mdhd", in: media),
            let scale = Self.timeScale(movie, header), let list = movie.first(["minf", "stbl"], in: media),
            let descriptions = movie.first("stsd", in: list)
        else { return nil }
        var reader = BoxReader(movie.bytes, descriptions)
        guard reader.skip(8), let entry = reader.next() else { return nil }
        switch entry.type {
        case BoxReader.type("tx3g"), BoxReader.type("text"): hasLength = true
        case BoxReader.type("mp4s"): hasLength = false
        default: return nil
        }
        timeScale = scale
        shiftMilliseconds = Self.shift(movie, track, movieScale: movieScale, mediaScale: scale)
        table = list
    }

    /// Of a movie or media header, both of which begin alike.
    private static func timeScale(_ movie: BoxReader, _ header: Range<Int>) -> UInt32? {
        var reader = BoxReader(movie.bytes, header)
        guard let version = reader.uint32().map({ $0 >> 24 }), reader.skip(version == 1 ? 16 : 8),
            let scale = reader.uint32(), scale > 0
        else { return nil }
        return scale
    }

    /// Empty edits before the first real one delay the track; the real one names the media time it starts with.
    private static func shift(
        _ movie: BoxReader, _ track: Range<Int>, movieScale: UInt32, mediaScale: UInt32
    ) -> Int64 {
        guard let range = movie.first(["edts", "elst"], in: track) else { return 0 }
        var reader = BoxReader(movie.bytes, range)
        guard let version = reader.uint32().map({ $0 >> 24 }), let count = reader.uint32() else { return 0 }
        var delay = 0.0
        for _ in 0..<min(count, 64) {
            let duration = version == 1 ? reader.uint64() : reader.uint32().map { UInt64($0) }
            let time =
                version == 1
                ? reader.uint64().map { Int64(bitPattern: $0) }
                : reader.uint32().map { Int64(Int32(bitPattern: $0)) }
            guard let duration, let time, reader.skip(4) else { break }
            if time < 0 {
                delay += Double(duration) / Double(movieScale)
                continue
            }
            delay -= Double(time) / Double(mediaScale)
            break
        }
        // A delay beyond a day is a damaged list.
        return abs(delay) <= 86_400 ? Int64((delay * 1000).rounded()) : 0
    }

    /// Milliseconds of a time in the track's units; nil before the start and beyond four days.
    func milliseconds(_ time: Int64) -> Int64? {
        // Counted in floating point: a damaged time table reaches further than any recording.
        let value = (Double(time) * 1000 / Double(timeScale)).rounded() + Double(shiftMilliseconds)
        return value >= 0 && value < 345_600_000 ? Int64(value) : nil
    }
}
