internal import COpenCV

/// Writes a video file of BGR frames of one size; the file is complete when the value goes away.
public struct VideoWriter: ~Copyable, @unchecked Sendable {
    // Sendable: one owner at a time; cv::VideoWriter has no thread affinity.
    private let handle: OpaquePointer

    public enum Codec: String, Sendable {
        case h264 = "avc1"
        case mpeg4 = "mp4v"
        case mjpeg = "MJPG"
        case hevc = "hev1"
    }

    public init(path: String, codec: Codec, framesPerSecond: Double, width: Int, height: Int) throws(ImagingError) {
        handle = try make {
            cocv_writer_open(
                path, codec.rawValue, framesPerSecond, Int32(clamping: width), Int32(clamping: height), &$0)
        }
    }

    deinit { cocv_writer_free(handle) }

    public mutating func write(_ image: borrowing Image) throws(ImagingError) {
        try attempt { cocv_writer_write(handle, image.handle, &$0) }
    }
}
