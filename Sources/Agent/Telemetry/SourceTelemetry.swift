import ShrikeCore
import Telemetry

/// The telemetry of one source, and how its frames find their pose in it.
struct SourceTelemetry: Sendable {
    let track: TelemetryTrack
    /// Pictures are looked up by when they were taken: the track's media times count from 1970 then, see
    /// `TelemetryTrack.byClock(offset:)`.
    let isByClock: Bool

    init(_ track: TelemetryTrack, isByClock: Bool = false) { (self.track, self.isByClock) = (track, isByClock) }

    /// The moment on the track; nil for a picture that does not tell when it was taken.
    func moment(of frame: Frame, at time: MediaTime) -> MediaTime? {
        guard isByClock else { return time }
        return frame.captureTime.map { MediaTime(microseconds: $0.time.microseconds) + (time - frame.mediaTime) }
    }

    /// Where the camera was: the frame's own pose first, then the track's.
    static func pose(of frame: Frame, at time: MediaTime, in telemetry: SourceTelemetry?) -> Pose? {
        if let pose = frame.pose { return pose }
        return telemetry.flatMap { found in found.moment(of: frame, at: time).flatMap { found.track.pose(at: $0) } }
    }
}
