import Foundation
import Imaging

/// Settings of OpenCV that hold for the whole process.
enum DecoderEnvironment {
    /// Sets them once, before anything is decoded; environment variables that the person set are left alone.
    static func prepare() { _ = once }

    private static let once: Void = {
        // Over TCP only: no lost packets shown as grey pictures. The last is FFmpeg's own socket limit in microseconds.
        setenv(
            "OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp|allowed_media_types;video|timeout;10000000", 0)
        // Damaged footage would fill standard error, and messages may hold addresses.
        setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0)
        OpenCVLibrary.silence()
    }()
}
