import Foundation

/// Arithmetic on angles in degrees.
package enum Angle {
    /// The same direction in -180 (included) to 180.
    package static func wrapped(_ degrees: Double) -> Double {
        guard degrees.isFinite else { return degrees }
        // Left alone inside the range, so a value of the file comes back as it was written.
        if degrees >= -180, degrees <= 180 { return degrees }
        let turned = (degrees + 180).truncatingRemainder(dividingBy: 360)
        return turned < 0 ? turned + 180 : turned - 180
    }

    package static func radians(_ degrees: Double) -> Double { degrees * .pi / 180 }

    package static func degrees(_ radians: Double) -> Double { radians * 180 / .pi }

    /// Horizontal field of view of a picture by its focal length in millimeters of a 36 mm wide frame; nil where that
    /// is no focal length of a camera.
    static func horizontalFieldOfView(focalLength35: Double, digitalZoom: Double = 1) -> Double? {
        let focal = focalLength35 * (digitalZoom >= 1 ? digitalZoom : 1)
        guard focal.isFinite, focal >= 5, focal <= 50_000 else { return nil }
        return degrees(2 * atan(18 / focal))
    }
}
