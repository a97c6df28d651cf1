import Foundation
import ShrikeCore

/// A pinhole camera over flat ground. Meters east (x) and north (y) of a local origin; angles as in `Pose`, in
/// degrees.
struct GroundCamera: Hashable, Sendable {
    var width: Int
    var height: Int
    /// Focal length in pixels; pixels are square and the optical axis meets the middle of the picture.
    var focal: Double
    var x: Double
    var y: Double
    var altitude: Double
    var yaw: Double
    var pitch: Double
    var roll: Double

    /// Focal length in pixels of a lens with this 35 mm equivalent (36 mm of film across the picture's width).
    static func focal(width: Int, equivalentMillimeters: Double) -> Double {
        Double(width) * equivalentMillimeters / 36
    }

    /// Row-major 3x3 map from pixels (origin at the corner of the top-left pixel) to ground meters, homogeneous.
    var pixelToGround: [Double] {
        let (sinYaw, cosYaw) = (sin(yaw * .pi / 180), cos(yaw * .pi / 180))
        let (sinPitch, cosPitch) = (sin(pitch * .pi / 180), cos(pitch * .pi / 180))
        let (sinRoll, cosRoll) = (sin(roll * .pi / 180), cos(roll * .pi / 180))
        let (cx, cy) = (Double(width) / 2, Double(height) / 2)
        // Level image coordinates as linear forms in (u, v, 1).
        let right = [cosRoll / focal, -sinRoll / focal, (-cosRoll * cx + sinRoll * cy) / focal]
        let down = [sinRoll / focal, cosRoll / focal, (-sinRoll * cx - cosRoll * cy) / focal]
        let unit = [0.0, 0.0, 1.0]
        let forward = (0..<3).map { unit[$0] * cosPitch + down[$0] * sinPitch }
        let depth = (0..<3).map { down[$0] * cosPitch - unit[$0] * sinPitch }
        let east = (0..<3).map { altitude * (forward[$0] * sinYaw + right[$0] * cosYaw) + x * depth[$0] }
        let north = (0..<3).map { altitude * (forward[$0] * cosYaw - right[$0] * sinYaw) + y * depth[$0] }
        return east + north + depth
    }

    /// Where a point of the ground appears; nil behind the horizon.
    func pixel(ofGround east: Double, _ north: Double) -> Point? {
        let m = Self.inverse(pixelToGround)
        let w = m[6] * east + m[7] * north + m[8]
        // The inverse is scaled so that points in front of the camera have a positive denominator.
        guard w > 1e-9 else { return nil }
        return Point(
            x: (m[0] * east + m[1] * north + m[2]) / w, y: (m[3] * east + m[4] * north + m[5]) / w)
    }

    /// The adjugate over the determinant.
    static func inverse(_ m: [Double]) -> [Double] {
        let c: [Double] = [
            m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
            m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
            m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3],
        ]
        let determinant = m[0] * c[0] + m[1] * c[3] + m[2] * c[6]
        return c.map { $0 / determinant }
    }

    /// `a` after `b`.
    static func product(_ a: [Double], _ b: [Double]) -> [Double] {
        (0..<9).map { (index: Int) -> Double in
            let row = index / 3 * 3
            let column = index % 3
            return a[row] * b[column] + a[row + 1] * b[column + 3] + a[row + 2] * b[column + 6]
        }
    }
}
