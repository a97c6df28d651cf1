/// A place on Earth, WGS84 degrees.
public struct Coordinate: Hashable, Sendable, Codable {
    public var latitude: Double
    public var longitude: Double

    public init(latitude: Double, longitude: Double) { (self.latitude, self.longitude) = (latitude, longitude) }

    /// Whether both numbers exist on Earth and are not the 0,0 of a device without a fix.
    public var isPlausible: Bool {
        abs(latitude) <= 90 && abs(longitude) <= 180 && (abs(latitude) > 1e-6 || abs(longitude) > 1e-6)
    }
}
