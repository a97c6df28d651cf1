/// Times of a video's pictures and which of them are key pictures, from the table that `ffprobe` prints. A pure reading of text.
struct PacketIndex: Hashable, Sendable {
    struct Cut: Hashable, Sendable {
        /// Seconds, at a key picture.
        var start: Double
        var end: Double
    }

    /// Seconds of every picture in the order of display: position n is frame n.
    let times: [Double]
    private let keys: [Double]

    private static let codecs: Set<Substring> = ["h264", "hevc"]

    /// - Parameter csv: lines of `pts_time,flags` and one with the name of the codec; nil where a picture has no time, none is a key
    ///   picture, or the codec is another than H.264 or H.265.
    init?(csv: String) {
        var times: [Double] = []
        var keys: [Double] = []
        var codec: Substring = ""
        for line in csv.split(separator: "\n") {
            let parts = line.split(separator: ",", omittingEmptySubsequences: false)
            if parts.count == 1 {
                codec = parts[0]
                continue
            }
            guard parts.count >= 2, let time = Double(parts[0]), time.isFinite else { return nil }
            times.append(time)
            if parts[1].hasPrefix("K") { keys.append(time) }
        }
        guard !keys.isEmpty, Self.codecs.contains(codec) else { return nil }
        (self.times, self.keys) = (times.sorted(), keys.sorted())
    }

    /// Nil for a frame beyond the end.
    func plan(around frame: Int64, before: Double, after: Double) -> Cut? {
        guard let position = Int(exactly: frame), times.indices.contains(position) else { return nil }
        let wanted = times[position] - before
        let start = keys.last { $0 <= wanted + 1e-6 } ?? keys[0]
        return Cut(start: start, end: times[position] + after)
    }
}
