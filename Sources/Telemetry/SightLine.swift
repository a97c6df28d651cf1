import Foundation

/// The line through one pixel of a camera above level ground.
package struct SightLine: Hashable {
    package struct Offset: Hashable {
        package var north: Double
        package var east: Double

        package var length: Double { (north * north + east * east).squareRoot() }
    }

    /// Pixel in units of the focal length, right and down of the principal point.
    package var x: Double
    package var y: Double
    /// Meters above ground.
    package var height: Double
    /// Degrees.
    package var pitch: Double
    package var yaw: Double
    package var roll: Double

    /// Where the line goes, for one focal length along the axis of sight.
    package var direction: (north: Double, east: Double, up: Double) {
        let (sinRoll, cosRoll) = (sin(Angle.radians(roll)), cos(Angle.radians(roll)))
        let right = x * cosRoll - y * sinRoll
        let down = x * sinRoll + y * cosRoll
        let (sinPitch, cosPitch) = (sin(Angle.radians(pitch)), cos(Angle.radians(pitch)))
        let forward = cosPitch + down * sinPitch
        let up = sinPitch - down * cosPitch
        let (sinYaw, cosYaw) = (sin(Angle.radians(yaw)), cos(Angle.radians(yaw)))
        return (forward * cosYaw - right * sinYaw, forward * sinYaw + right * cosYaw, up)
    }

    /// Where the line meets the ground, in meters from the point below the camera; nil where it does not.
    package var groundOffset: Offset? {
        let direction = direction
        guard direction.up < -1e-6 else { return nil }
        let distance = height / -direction.up
        return Offset(north: distance * direction.north, east: distance * direction.east)
    }
}
