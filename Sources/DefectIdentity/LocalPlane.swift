import Foundation

/// Meters north and east of a place, and back to WGS84 degrees; exact to a part in a thousand over some kilometers.
public struct LocalPlane: Hashable, Sendable {
    public struct Offset: Hashable, Sendable {
        public var north: Double
        public var east: Double

        public init(north: Double, east: Double) { (self.north, self.east) = (north, east) }

        public var length: Double { (north * north + east * east).squareRoot() }
    }

    public let latitude: Double
    public let longitude: Double
    private let metersPerLatitude: Double
    private let metersPerLongitude: Double

    public init(latitude: Double, longitude: Double) {
        (self.latitude, self.longitude) = (latitude, longitude)
        // WGS84 radii of curvature.
        let (a, e2) = (6_378_137.0, 6.694_379_990_14e-3)
        let s = sin(latitude * .pi / 180)
        let w = 1 - e2 * s * s
        metersPerLatitude = a * (1 - e2) / (w * w.squareRoot()) * .pi / 180
        metersPerLongitude = max(1, a / w.squareRoot() * cos(latitude * .pi / 180) * .pi / 180)
    }

    public func offset(latitude: Double, longitude: Double) -> Offset {
        var turn = longitude - self.longitude
        if turn > 180 { turn -= 360 } else if turn < -180 { turn += 360 }
        return Offset(north: (latitude - self.latitude) * metersPerLatitude, east: turn * metersPerLongitude)
    }

    public func degrees(_ offset: Offset) -> (latitude: Double, longitude: Double) {
        var longitude = self.longitude + offset.east / metersPerLongitude
        if longitude > 180 { longitude -= 360 } else if longitude < -180 { longitude += 360 }
        return (latitude + offset.north / metersPerLatitude, longitude)
    }
}
