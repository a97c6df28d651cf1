import Telemetry

/// Meters north and east of a place, by the WGS84 radii of curvature there; good to some ten kilometers.
struct LocalPlane {
    struct Offset: Hashable {
        var north: Double
        var east: Double

        var length: Double { (north * north + east * east).squareRoot() }
    }

    let origin: Coordinate
    private let radii: EarthRadii

    init(origin: Coordinate) {
        self.origin = origin
        radii = EarthRadii(latitude: origin.latitude)
    }

    func offset(of place: Coordinate) -> Offset {
        Offset(
            north: Angle.radians(place.latitude - origin.latitude) * radii.meridian,
            east: Angle.radians(Angle.wrapped(place.longitude - origin.longitude)) * radii.parallel)
    }

    func coordinate(north: Double, east: Double) -> Coordinate {
        Coordinate(
            latitude: origin.latitude + Angle.degrees(north / radii.meridian),
            longitude: Angle.wrapped(origin.longitude + Angle.degrees(east / radii.parallel)))
    }
}
