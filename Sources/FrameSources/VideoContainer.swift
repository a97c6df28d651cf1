/// Kinds of video file that are given to the decoder, told by their first bytes.
///
/// FFmpeg would also follow play lists and scripts to other files and hosts; a file that is none of these never gets there.
enum VideoContainer: String {
    case mp4, matroska, avi, transportStream

    /// Bytes needed to tell.
    static let headerLength = 4 * 192 + 5

    /// - Parameter header: the first ``headerLength`` bytes, or the whole file where it is shorter.
    init?(header: [UInt8]) {
        func has(_ text: String, at offset: Int) -> Bool {
            header.count >= offset + text.utf8.count && header[offset...].starts(with: text.utf8)
        }
        func hasSync(from offset: Int, step: Int) -> Bool {
            let positions = (0..<4).map { offset + $0 * step }.filter { $0 < header.count }
            return positions.count >= 2 && positions.allSatisfy { header[$0] == 0x47 }
        }
        if header.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
            self = .matroska
        } else if has("RIFF", at: 0), has("AVI ", at: 8) {
            self = .avi
        } else if ["ftyp", "moov", "mdat", "free", "skip", "wide"].contains(where: { has($0, at: 4) }) {
            self = .mp4
        } else if hasSync(from: 0, step: 188) || hasSync(from: 4, step: 192) {
            self = .transportStream
        } else {
            return nil
        }
    }
}
