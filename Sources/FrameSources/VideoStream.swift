import Imaging
import ShrikeCore

/// A video or stream that is open, used by one thread.
protocol VideoStream: AnyObject {
    var properties: VideoReader.Properties { get }
    /// Decodes the next frame; its time as the container says, nil at the end.
    func grab() throws(VideoFailure) -> MediaTime?
    /// The grabbed frame as 8-bit BGR.
    func retrieve() throws(VideoFailure) -> PixelBuffer
}

enum VideoFailure: Error {
    /// The decoder cannot; it may go on.
    case failed(String)
    /// The picture is beyond the limits.
    case refused(String)
    /// The decoder's process is gone.
    case lost(DecoderProcess.Loss)

    var reason: String {
        switch self {
        case .failed(let reason), .refused(let reason): reason
        case .lost(let loss): loss.reason
        }
    }
}

/// How a video is opened.
struct VideoOpening: Sendable {
    /// Path, or address with user name and password: goes to the decoder only.
    var address: String
    var isOnNetwork = false
    var connectMilliseconds = 0
    var readMilliseconds = 0
    var processors: Int?
    var limits = PictureLimits()
    /// Pictures that are kept for use again.
    var kept = liveKept
    /// Of a live stream, whose frames replace each other.
    static let liveKept = 4

    /// - Parameter isolation: nil decodes in this process.
    func open(
        _ isolation: DecoderIsolation?, isWanted: @escaping @Sendable () -> Bool
    ) throws(VideoFailure) -> any VideoStream {
        if let isolation { return try IsolatedVideo(self, isolation, isWanted: isWanted) }
        return try LocalVideo(self)
    }
}

/// Decodes in this process.
final class LocalVideo: VideoStream {
    private var reader: VideoReader
    private let pool: ImagePool
    private let limits: PictureLimits

    init(_ opening: VideoOpening) throws(VideoFailure) {
        do {
            reader = try DecoderProcessors.limited(to: opening.processors) { () throws(ImagingError) in
                try VideoReader(
                    opening.address, openTimeoutMilliseconds: opening.connectMilliseconds,
                    readTimeoutMilliseconds: opening.readMilliseconds)
            }
        } catch { throw .failed("\(error)") }
        (pool, limits) = (ImagePool(capacity: opening.kept), opening.limits)
    }

    /// A reader that is open, of one picture at a time.
    init(_ reader: consuming VideoReader) {
        self.reader = reader
        (pool, limits) = (ImagePool(capacity: VideoOpening.liveKept), PictureLimits())
    }

    var properties: VideoReader.Properties { reader.properties }

    func grab() throws(VideoFailure) -> MediaTime? {
        do { return try reader.grab() ? reader.position : nil } catch { throw .failed("\(error)") }
    }

    func retrieve() throws(VideoFailure) -> PixelBuffer {
        do {
            var image = try pool.take()
            try reader.retrieve(into: &image)
            if let refusal = limits.refusal(width: image.width, height: image.height) {
                throw VideoFailure.refused(refusal)
            }
            return try pool.freeze(image)
        } catch let failure as VideoFailure {
            throw failure
        } catch {
            throw .failed("\(error)")
        }
    }
}
