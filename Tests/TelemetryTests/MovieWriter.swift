/// Writes the smallest MP4 files with a subtitle track, box by box.
enum MovieWriter {
    static func number(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * (bytes - 1 - $0))) }
    }

    static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
        number(content.count + 8, 4) + Array(type.utf8) + content
    }

    static func full(_ type: String, _ content: [UInt8]) -> [UInt8] { box(type, [0, 0, 0, 0] + content) }

    /// - Parameters:
    ///   - texts: One a second, each in a chunk of its own but for the first two, which share one.
    ///   - large: 64-bit chunk offsets.
    ///   - delay: Of an empty edit, milliseconds.
    ///   - created: Seconds since 1904, 0 for none.
    static func movie(
        _ texts: [String], format: String = "tx3g", large: Bool = false, delay: Int = 0, styled: Bool = false,
        created: Int = 0
    ) -> [UInt8] {
        let style: [UInt8] = styled ? box("styl", [0, 0]) : []
        let samples = texts.map {
            format == "mp4s" ? Array($0.utf8) : number($0.utf8.count, 2) + Array($0.utf8) + style
        }
        let start = box("ftyp", Array("isom".utf8) + number(0, 4))
        let base = start.count + 8
        var offsets: [Int] = []
        var offset = base
        for (index, sample) in samples.enumerated() {
            if index != 1 { offsets.append(offset) }
            offset += sample.count
        }
        let data = box("mdat", samples.flatMap { $0 })
        let chunks =
            large
            ? full("co64", number(offsets.count, 4) + offsets.flatMap { number($0, 8) })
            : full("stco", number(offsets.count, 4) + offsets.flatMap { number($0, 4) })
        let table = box(
            "stbl",
            full("stsd", number(1, 4) + box(format, [UInt8](repeating: 0, count: 8)))
                + full("stts", number(1, 4) + number(samples.count, 4) + number(600, 4))
                + full("stsc", number(2, 4) + [1, 2, 1, 2, 1, 1].flatMap { number($0, 4) })
                + full("stsz", number(0, 4) + number(samples.count, 4) + samples.flatMap { number($0.count, 4) })
                + chunks)
        func header(_ type: String, scale: Int, created: Int = 0) -> [UInt8] {
            full(type, number(created, 4) + number(created, 4) + number(scale, 4) + number(0, 4))
        }
        let edits =
            full(
                "elst",
                number(2, 4) + number(delay, 4) + number(-1, 4) + number(0x10000, 4) + number(5000, 4) + number(0, 4)
                    + number(0x10000, 4))
        let track = box(
            "trak",
            (delay > 0 ? box("edts", edits) : [])
                + box("mdia", header("mdhd", scale: 600) + box("minf", table)))
        return start + data + box("moov", header("mvhd", scale: 1000, created: created) + track)
    }
}
