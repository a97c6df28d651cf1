internal import COpenCV

/// Which processors FFmpeg decodes a video on.
///
/// OpenCV 4.6 always starts one decoding thread per processor of the machine and has no setting for it. The threads inherit
/// the processors of the thread that opens the video, so that thread is confined while it does, and set free again.
public enum DecoderProcessors {
    /// Runs `open` so that a video opened in it decodes on `count` processors, other ones from call to call; nil sets no
    /// limit.
    public static func limited<R: ~Copyable, E: Error>(to count: Int?, _ open: () throws(E) -> R) throws(E) -> R {
        var saved = cocv_cpus()
        guard let count, cocv_confine_thread(Int32(clamping: count), &saved) else { return try open() }
        defer { cocv_release_thread(&saved) }
        return try open()
    }
}
