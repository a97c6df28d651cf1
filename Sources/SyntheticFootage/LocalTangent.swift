import Foundation

/// Meters east and north of a place, to WGS84 degrees; exact enough (millimeters) within a kilometer.
struct LocalTangent: Hashable, Sendable {
    var latitude: Double
    var longitude: Double

    /// WGS84 radii of curvature at the origin's latitude.
    func degrees(east: Double, north: Double) -> (latitude: Double, longitude: Double) {
        let (a, e2) = (6_378_137.0, 6.694_379_990_14e-3)
        let s = sin(latitude * .pi / 180)
        let meridian = a * (1 - e2) / pow(1 - e2 * s * s, 1.5)
        let transverse = a / (1 - e2 * s * s).squareRoot()
        return (
            latitude + north / meridian * 180 / .pi,
            longitude + east / (transverse * cos(latitude * .pi / 180)) * 180 / .pi
        )
    }
}
