public import ShrikeCore

/// One packet of the UAS Datalink Local Set, MISB ST 0601; what it does not carry, or marks as an error, is nil.
public struct MISBPacket: Hashable, Sendable {
    /// A corner or center on the ground, WGS84 degrees.
    public struct Corner: Hashable, Sendable {
        public var latitude: Double
        public var longitude: Double

        public init(latitude: Double, longitude: Double) { (self.latitude, self.longitude) = (latitude, longitude) }
    }

    /// Tag 2.
    public var time: Timestamp?
    /// Tags 5 to 7 (90 and 91 where the packet carries the full range), degrees.
    public var platformHeading: Double?
    public var platformPitch: Double?
    public var platformRoll: Double?
    /// Tags 13 to 15 (75 for the ellipsoid where 15 is missing): WGS84 degrees and meters.
    public var sensorLatitude: Double?
    public var sensorLongitude: Double?
    public var sensorAltitude: Double?
    /// Tags 16 and 17, degrees.
    public var horizontalFieldOfView: Double?
    public var verticalFieldOfView: Double?
    /// Tags 18 to 20: the sensor against the platform, degrees.
    public var relativeAzimuth: Double?
    public var relativeElevation: Double?
    public var relativeRoll: Double?
    /// Tag 21, meters.
    public var slantRange: Double?
    /// Tags 23 to 25.
    public var frameCenter: Corner?
    public var frameCenterElevation: Double?
    /// Tags 82 to 89, or the center with the offsets 26 to 33; upper left, upper right, lower right, lower left.
    public var corners: [Corner]?

    public init() {}
}
