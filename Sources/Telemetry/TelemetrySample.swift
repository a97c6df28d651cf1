public import ShrikeCore

/// One line of telemetry: when, where, how.
public struct TelemetrySample: Hashable, Sendable, Codable {
    public var mediaTime: MediaTime
    /// The camera's wall clock, without a zone: written as if it were UTC. See
    /// ``TelemetryTrack/captureTime(at:clockOffset:)``.
    public var localTime: Timestamp?
    public var pose: Pose
    public var camera: CameraState

    public init(
        mediaTime: MediaTime, localTime: Timestamp? = nil, pose: Pose = Pose(), camera: CameraState = CameraState()
    ) {
        (self.mediaTime, self.localTime, self.pose, self.camera) = (mediaTime, localTime, pose, camera)
    }

    /// Whether there was a satellite fix.
    public var hasPlace: Bool { pose.latitude != nil && pose.longitude != nil }
}
