import Foundation

/// Telemetry as an enterprise drone of DJI writes it beside a video: one SubRip cue a frame, gimbal angles included,
/// times
/// camera-local without a zone.
struct DJISubtitles: Sendable {
    struct Sample: Hashable, Sendable {
        var latitude: Double
        var longitude: Double
        var relativeAltitude: Double
        var absoluteAltitude: Double
        var gimbalYaw: Double
        var gimbalPitch: Double
        var gimbalRoll: Double
    }

    var framesPerSecond: Int
    /// Seconds since 1970 on the camera's own clock at the first frame.
    var startSeconds: Int
    /// 35 mm equivalent.
    var focalLength: Double
    var iso: Int
    var shutter: String
    var samples: [Sample]

    /// The whole side-car file.
    var text: String {
        samples.enumerated().map(cue).joined()
    }

    private func cue(_ index: Int, _ sample: Sample) -> String {
        let begin = milliseconds(index)
        let yaw = String(format: "%.1f", wrapped(sample.gimbalYaw))
        return """
            \(index + 1)
            \(timecode(begin)) --> \(timecode(milliseconds(index + 1)))
            FrameCnt: \(index) \(date(begin))
            [iso: \(iso)] [shutter: \(shutter)] [fnum: 1.0] [ev: 0] [color_md: default] [ae_meter_md: 1] \
            [focal_len: \(String(format: "%.2f", focalLength))] [dzoom_ratio: 1.00], \
            [latitude: \(String(format: "%.6f", sample.latitude))] \
            [longitude: \(String(format: "%.6f", sample.longitude))] \
            [rel_alt: \(String(format: "%.3f", sample.relativeAltitude)) \
            abs_alt: \(String(format: "%.3f", sample.absoluteAltitude))] \
            [gb_yaw: \(yaw) gb_pitch: \(String(format: "%.1f", sample.gimbalPitch)) \
            gb_roll: \(String(format: "%.1f", sample.gimbalRoll))]


            """
    }

    private func milliseconds(_ frame: Int) -> Int { (frame * 1000 + framesPerSecond / 2) / framesPerSecond }

    private func wrapped(_ degrees: Double) -> Double {
        let turn = degrees.truncatingRemainder(dividingBy: 360)
        return turn > 180 ? turn - 360 : turn <= -180 ? turn + 360 : turn
    }

    private func timecode(_ ms: Int) -> String {
        String(format: "%02d:%02d:%02d,%03d", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
    }

    private func date(_ ms: Int) -> String {
        var seconds = time_t(startSeconds + ms / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return String(
            format: "%04d-%02d-%02d %02d:%02d:%02d.%03d", Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1,
            Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec), ms % 1000)
    }
}
