/// Where the camera was and where it looked. Angles in degrees: yaw clockwise from true north, pitch 0 at the horizon and
/// -90 straight down, roll clockwise seen from behind the camera. Heights in meters.
public struct Pose: Hashable, Sendable, Codable {
    /// WGS84 degrees; nil where there was no fix (0,0 is no place).
    public var latitude: Double?
    public var longitude: Double?
    /// Above the take-off point.
    public var relativeAltitude: Double?
    /// Above sea level or the ellipsoid, as the vehicle reports it.
    public var absoluteAltitude: Double?
    public var yaw: Double?
    public var pitch: Double?
    public var roll: Double?
    /// Horizontal field of view of the picture.
    public var horizontalFieldOfView: Double?
    /// Time between the picture and the nearest telemetry sample, in milliseconds.
    public var sampleOffsetMilliseconds: Double?

    public init(
        latitude: Double? = nil, longitude: Double? = nil, relativeAltitude: Double? = nil,
        absoluteAltitude: Double? = nil, yaw: Double? = nil, pitch: Double? = nil, roll: Double? = nil,
        horizontalFieldOfView: Double? = nil, sampleOffsetMilliseconds: Double? = nil
    ) {
        (self.latitude, self.longitude) = (latitude, longitude)
        (self.relativeAltitude, self.absoluteAltitude) = (relativeAltitude, absoluteAltitude)
        (self.yaw, self.pitch, self.roll) = (yaw, pitch, roll)
        self.horizontalFieldOfView = horizontalFieldOfView
        self.sampleOffsetMilliseconds = sampleOffsetMilliseconds
    }
}

/// A place on the ground with the radius that holds the true place with about 90 % probability.
public struct GroundPoint: Hashable, Sendable, Codable {
    public enum Method: String, Sendable, Codable { case srt, xmp, klv, none }

    public var latitude: Double
    public var longitude: Double
    public var altitude: Double?
    /// Circular error in meters.
    public var circularErrorMeters: Double
    public var method: Method

    public init(
        latitude: Double, longitude: Double, altitude: Double? = nil, circularErrorMeters: Double, method: Method
    ) {
        (self.latitude, self.longitude, self.altitude) = (latitude, longitude, altitude)
        (self.circularErrorMeters, self.method) = (circularErrorMeters, method)
    }
}
