/// What a telemetry line says about the camera and the vehicle besides the pose; nil where it says nothing.
public struct CameraState: Hashable, Sendable, Codable {
    public var iso: Float?
    /// Seconds.
    public var shutterSeconds: Float?
    public var fNumber: Float?
    /// Focal length in millimeters of a 36 mm wide picture, without digital zoom.
    public var focalLength35: Float?
    /// Digital zoom, 1 for none.
    public var digitalZoom: Float?
    public var satellites: Int?
    /// WGS84 degrees of the take-off point.
    public var homeLatitude: Double?
    public var homeLongitude: Double?
    /// Horizontal distance from the take-off point in meters.
    public var homeDistance: Float?
    /// Meters per second over ground.
    public var horizontalSpeed: Float?
    public var verticalSpeed: Float?
    /// Attitude of the airframe in degrees, as opposed to the gimbal's in ``Pose``.
    public var flightYaw: Float?
    public var flightPitch: Float?
    public var flightRoll: Float?
    /// Height of the ground under the center of the picture, meters above the same zero as `Pose.absoluteAltitude`.
    public var groundElevation: Float?
    /// Distance from the camera to the ground in the center of the picture, meters.
    public var slantRange: Float?

    public init() {}
}
