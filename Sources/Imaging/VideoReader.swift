internal import COpenCV
public import ShrikeCore

/// Reads a video file, a stream address or a local camera through OpenCV and FFmpeg. Calls block: use it on a thread of its own.
public struct VideoReader: ~Copyable, @unchecked Sendable {
    // Sendable: one owner at a time; cv::VideoCapture has no thread affinity.
    private let handle: OpaquePointer

    public struct Properties: Hashable, Sendable {
        /// 0 where the container does not say.
        public var framesPerSecond: Double
        public var width: Int
        public var height: Int
        /// Nil where the container does not say.
        public var frameCount: Int64?
        /// Four characters, e.g. `h264`, `hevc`, `MJPG`.
        public var codec: String

        public init(framesPerSecond: Double, width: Int, height: Int, frameCount: Int64?, codec: String) {
            (self.framesPerSecond, self.width, self.height) = (framesPerSecond, width, height)
            (self.frameCount, self.codec) = (frameCount, codec)
        }
    }

    /// Opens a file or address; time-outs in milliseconds, 0 for none.
    public init(
        _ address: String, openTimeoutMilliseconds: Int = 0, readTimeoutMilliseconds: Int = 0
    ) throws(ImagingError) {
        handle = try make {
            cocv_capture_open(
                address, -1, Int32(clamping: openTimeoutMilliseconds), Int32(clamping: readTimeoutMilliseconds), &$0)
        }
    }

    /// Opens local camera number `device` (`/dev/video<device>`).
    public init(device: Int) throws(ImagingError) {
        handle = try make { cocv_capture_open("", Int32(clamping: device), 0, 0, &$0) }
    }

    deinit { cocv_capture_free(handle) }

    public var properties: Properties {
        var info = cocv_video_info()
        cocv_capture_info(handle, &info)
        let codec = withUnsafeBytes(of: info.codec) { String(decoding: $0.prefix { $0 >= 32 }, as: UTF8.self) }
        return Properties(
            framesPerSecond: info.fps.isFinite && info.fps > 0 && info.fps < 10_000 ? info.fps : 0,
            width: Int(info.width),
            height: Int(info.height), frameCount: info.frame_count > 0 ? info.frame_count : nil, codec: codec)
    }

    /// Decodes the next frame without converting it; false at the end of the stream.
    public mutating func grab() throws(ImagingError) -> Bool {
        do {
            try attempt { cocv_capture_grab(handle, &$0) }
            return true
        } catch {
            if error.reason == .endOfStream { return false }
            throw error
        }
    }

    /// The grabbed frame as 8-bit BGR, into memory that is reused where it fits.
    public mutating func retrieve(into image: inout Image) throws(ImagingError) {
        try attempt { cocv_capture_retrieve(handle, image.handle, &$0) }
    }

    /// Time of the grabbed frame as the container says; not reliable in every container.
    public var position: MediaTime {
        let milliseconds = cocv_capture_position(handle)
        return milliseconds.isFinite && abs(milliseconds) < 1e12 ? MediaTime(seconds: milliseconds / 1000) : .zero
    }
}
