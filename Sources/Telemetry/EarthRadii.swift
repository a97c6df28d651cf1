import Foundation

/// Radii of the WGS84 ellipsoid at a latitude, in meters: what turns meters into degrees there.
package struct EarthRadii {
    package static let semiMajorAxis = 6_378_137.0
    static let flattening = 1 / 298.257223563

    /// Radius of curvature in the meridian, M: meters per radian of latitude.
    package let meridian: Double
    /// Radius of the circle of latitude, N·cos(lat): meters per radian of longitude.
    package let parallel: Double

    package init(latitude: Double) {
        let e2 = Self.flattening * (2 - Self.flattening)
        let s = sin(Angle.radians(latitude))
        let w = (1 - e2 * s * s).squareRoot()
        meridian = Self.semiMajorAxis * (1 - e2) / (w * w * w)
        parallel = Self.semiMajorAxis / w * cos(Angle.radians(latitude))
    }
}
