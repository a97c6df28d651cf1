import ShrikeCore

/// Reader of the telemetry that DJI cameras write as a subtitle track inside of MP4 and MOV files.
///
/// Takes the sample tables of text tracks (`tx3g`, `text`, and `mp4s` where its samples are text; ISO/IEC 14496-12 and
/// 3GPP TS 26.245) and hands their samples to the reader of side-cars. Edit lists shift the times as a player would.
/// Only the movie box (at most 32 MB) and the text samples are read, however large the file is. Fragmented files
/// carry no sample tables and are not read.
public enum MovieSubtitles {
    static let movieBoxBytes = 32 << 20
    static let mostTopBoxes = 4096
    static let mostTracks = 64

    /// Whether the file begins like an ISO base media file.
    public static func isMovie(_ head: some Collection<UInt8>) -> Bool {
        let type = Array(head.dropFirst(4).prefix(4))
        return ["ftyp", "moov", "mdat", "wide", "free", "skip"].contains { type == Array($0.utf8) }
    }

    /// Telemetry of the first subtitle track that carries any; nil where the file has no subtitle track at all.
    ///
    /// - Parameter coordinateOrder: What to take where the text does not tell, see ``DJISubtitles``.
    /// - Throws: ``TelemetryError`` where the movie box is missing or damaged, or no subtitle track holds telemetry.
    public static func parse(
        _ recording: some RecordingBytes, file: String, coordinateOrder: CoordinateOrder? = nil
    ) throws(TelemetryError) -> TelemetryTrack? {
        guard let movie = try movieBox(recording) else {
            throw TelemetryError(
                "the video has no index (movie box)", at: file,
                remedy: "the recording was cut; repair it, or give its .SRT")
        }
        let reader = BoxReader(movie, 0..<movie.count)
        var refusal: TelemetryError?
        for track in TextTrack.all(in: reader, limit: mostTracks) {
            // One table at a time: an index of a few bytes may stand for a million samples.
            guard let table = SampleTable(reader, in: track.table) else {
                refusal = TelemetryError(
                    "the index of a subtitle track is damaged", at: file, remedy: "give the .SRT beside the video")
                continue
            }
            do {
                let text = try subtitleText(track, table, of: recording)
                guard !text.isEmpty else { continue }
                var result = try DJISubtitles.parse(text, file: file, coordinateOrder: coordinateOrder)
                if table.oversized > 0 {
                    result.issues.append(
                        TelemetryIssue(
                            file: file, line: nil, kind: .longLine,
                            what: "\(table.oversized) subtitle samples are too large for telemetry; they were left out")
                    )
                }
                return result
            } catch {
                refusal = error
            }
        }
        if let refusal { throw refusal }
        return nil
    }

    /// The content of the movie box; nil where there is none.
    static func movieBox(_ recording: some RecordingBytes) throws(TelemetryError) -> [UInt8]? {
        var offset: Int64 = 0
        for _ in 0..<mostTopBoxes where offset <= recording.byteCount - 8 {
            let head = try recording.bytes(at: offset, count: 16)
            var reader = BoxReader(head, 0..<head.count)
            guard let size = reader.uint32(), let type = reader.uint32() else { return nil }
            var length = Int64(size)
            var headerBytes: Int64 = 8
            if size == 1 {
                guard let large = reader.uint64().flatMap({ Int64(exactly: $0) }) else { return nil }
                (length, headerBytes) = (large, 16)
            } else if size == 0 {
                length = recording.byteCount - offset
            }
            guard length >= headerBytes, length <= recording.byteCount - offset else { return nil }
            if type == BoxReader.type("moov") {
                guard length <= movieBoxBytes else { return nil }
                return try recording.bytes(at: offset + headerBytes, count: Int(length - headerBytes))
            }
            offset += length
        }
        return nil
    }

    /// The samples as the text of a side-car, for its reader.
    private static func subtitleText(
        _ track: TextTrack, _ table: SampleTable, of recording: some RecordingBytes
    ) throws(TelemetryError) -> [UInt8] {
        var text: [UInt8] = []
        var number = 0
        var bytesRead = 0
        for sample in table.samples where sample.size > 0 {
            bytesRead += sample.size
            guard bytesRead <= TelemetryLimits.fileBytes else {
                throw TelemetryLimits.tooManySamples(file: "subtitle track", line: number)
            }
            let bytes = try recording.bytes(at: sample.offset, count: sample.size)
            // A sample beyond the end of a cut file is shorter than the index says.
            guard bytes.count == sample.size else { continue }
            let lines = lines(of: bytes, hasLength: track.hasLength)
            guard !lines.isEmpty, let start = track.milliseconds(sample.start) else { continue }
            let end = track.milliseconds(sample.start + sample.duration) ?? start
            number += 1
            text += Array("\(number)\n\(cueTime(start)) --> \(cueTime(max(start, end)))\n".utf8)
            for line in lines { text += line + [10] }
            text.append(10)
            guard text.count <= TelemetryLimits.fileBytes else {
                throw TelemetryLimits.tooManySamples(file: "subtitle track", line: number)
            }
        }
        return text
    }

    /// Lines of one sample that hold anything. A number alone is the counter of a side-car that was embedded with it
    /// and would start a new block.
    private static func lines(of sample: [UInt8], hasLength: Bool) -> [ArraySlice<UInt8>] {
        var text = sample[...]
        if sample.count >= 2 {
            let length = Int(sample[0]) << 8 | Int(sample[1])
            // Behind the text come boxes with its style.
            if hasLength || length == sample.count - 2 { text = text.dropFirst(2).prefix(length) }
        }
        return text.split(whereSeparator: { $0 == 10 || $0 == 13 || $0 == 0 }).filter { line in
            line.contains { !$0.isBlank } && line.contains { !$0.isDigit && !$0.isBlank }
        }
    }

    private static func cueTime(_ milliseconds: Int64) -> String {
        func padded(_ value: Int64, _ count: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, count - digits.count)) + digits
        }
        let seconds = milliseconds / 1000
        return "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2)),"
            + padded(milliseconds % 1000, 3)
    }
}
