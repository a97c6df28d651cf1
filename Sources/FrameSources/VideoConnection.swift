import Imaging
import ShrikeCore

/// A live connection through OpenCV and FFmpeg.
final class VideoConnection: LiveConnection {
    private var reader: VideoReader
    private let pool = ImagePool(capacity: 4)

    init(_ reader: consuming VideoReader) { self.reader = reader }

    func next() throws(LiveFailure) -> PixelBuffer {
        do {
            guard try reader.grab() else { throw LiveFailure("the stream ended") }
            var image = try pool.take()
            try reader.retrieve(into: &image)
            if let refusal = PictureLimits().refusal(width: image.width, height: image.height) {
                throw LiveFailure(refusal)
            }
            return try pool.freeze(image)
        } catch let failure as LiveFailure {
            throw failure
        } catch {
            throw LiveFailure("picture could not be decoded")
        }
    }
}
