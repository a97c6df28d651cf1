import ShrikeCore

/// Tells new pictures from repeated ones by a hash of their pixels.
///
/// A camera's sensor noise makes every picture differ; a frozen one repeats itself exactly, or, through a codec, goes
/// round in the few pictures of one group. So a picture is new where none of the last 256 new ones was equal.
struct PictureNovelty {
    private var recent: [UInt64] = []
    private var known: Set<UInt64> = []

    mutating func isNew(_ hash: UInt64) -> Bool {
        guard known.insert(hash).inserted else { return false }
        recent.append(hash)
        if recent.count > 256 { known.remove(recent.removeFirst()) }
        return true
    }

    /// Hash over about 128 rows of the picture.
    static func hash(of pixels: PixelBuffer) -> UInt64 {
        let rowBytes = pixels.width * pixels.format.bytesPerPixel
        let step = max(1, pixels.height / 128)
        return pixels.withUnsafeBytes { bytes in
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for y in stride(from: 0, to: pixels.height, by: step) {
                let start = y * pixels.bytesPerRow
                var at = start
                while at + 8 <= start + rowBytes {
                    hash = (hash ^ bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) &* 0x0000_0100_0000_01B3
                    hash ^= hash >> 29
                    at += 8
                }
            }
            return hash
        }
    }
}
