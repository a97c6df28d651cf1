/// The `drone-dji` XMP properties of a still; degrees and meters.
public struct DroneMetadata: Hashable, Sendable {
    /// WGS84; 0,0 is no place and reads as nil.
    public var latitude: Double?
    public var longitude: Double?
    /// Above the take-off point.
    public var relativeAltitude: Double?
    public var absoluteAltitude: Double?
    public var gimbalYaw: Double?
    public var gimbalPitch: Double?
    public var gimbalRoll: Double?
    public var flightYaw: Double?
    public var flightPitch: Double?
    public var flightRoll: Double?
    public var calibratedFocalLengthPixels: Double?
    /// The gimbal hangs upside down.
    public var isGimbalReversed: Bool?
    /// RtkFlag: 50 is a fixed solution, 34 a floating one, 16 a single point.
    public var rtkFlag: Int?
    /// Standard deviations of the RTK solution in meters.
    public var rtkStandardDeviationLatitude: Double?
    public var rtkStandardDeviationLongitude: Double?
    public var rtkStandardDeviationHeight: Double?
    /// Distance of the laser range finder to the ground in the center, where its status is Normal.
    public var laserRange: Double?

    public init() {}
}
