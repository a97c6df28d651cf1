import Foundation
import Imaging

/// Settings of OpenCV that hold for the whole process.
enum DecoderEnvironment {
    /// Sets them once, before anything is decoded; environment variables that the person set are left alone.
    static func prepare() { _ = once }

    private static let optionsName = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
    // Over TCP only: no lost packets shown as grey pictures. The last is FFmpeg's own socket limit in microseconds.
    private static let options = "rtsp_transport;tcp|allowed_media_types;video|timeout;10000000"

    /// For a process that reads one camera: its frame rate, which nobody asks for, is not measured, which takes two seconds. Not for
    /// files, where it dates frames.
    static func prepareForCamera() {
        prepare()
        guard getenv(optionsName).map({ String(cString: $0) }) == options else { return }
        setenv(optionsName, options + "|fpsprobesize;0", 1)
    }

    private static let once: Void = {
        setenv(optionsName, options, 0)
        // Damaged footage would fill standard error, and messages may hold addresses.
        setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0)
        OpenCVLibrary.silence()
    }()
}
