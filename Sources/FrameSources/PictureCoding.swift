import Imaging
import ShrikeCore

/// What a picture's decoder has to know of its header.
struct PictureCoding: Hashable, Sendable {
    var width: Int
    var height: Int
    var channels: Int
    var bitsPerSample: Int
    /// No orientation is to be applied.
    var isUpright: Bool

    init(_ header: PictureHeader, isUpright: Bool) {
        (width, height, channels) = (header.width, header.height, header.channels)
        (bitsPerSample, self.isUpright) = (header.bitsPerSample, isUpright)
    }

    init?(wireNumbers numbers: ArraySlice<Int64>) {
        guard numbers.count == Self.wireCount else { return nil }
        let values = numbers.map { Int($0) }
        (width, height, channels, bitsPerSample, isUpright) = (
            values[0], values[1], values[2], values[3], values[4] == 1
        )
    }

    static let wireCount = 5
    var wireNumbers: [Int64] { [width, height, channels, bitsPerSample, isUpright ? 1 : 0].map { Int64($0) } }

    /// Format of the pixels, where nothing in the file contradicts its header.
    var format: PixelFormat { channels > 1 ? .bgr8 : bitsPerSample == 16 ? .gray16 : .gray8 }

    /// 8-bit colour and grey pictures are turned upright; 16-bit grey keeps its counts and its rows as stored.
    func decode(_ bytes: UnsafeRawBufferPointer, into image: inout Image) throws(ImagingError) {
        guard channels == 1 else { return try image.decode(bytes, as: .color()) }
        if bitsPerSample == 16 || (bitsPerSample == 8 && isUpright) {
            try image.decode(bytes, as: .unchanged)
            if image.pixelFormat != nil { return }
        }
        // Only the decoding to colour applies the orientation; equal channels give back the very grey values.
        image = try Image.decode(bytes, as: .color()).gray()
    }
}
