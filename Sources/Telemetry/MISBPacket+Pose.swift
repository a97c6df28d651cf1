import Foundation
public import ShrikeCore

extension MISBPacket {
    /// Pose of the sensor: platform heading, pitch and roll chained with the sensor's relative azimuth, elevation and
    /// roll.
    ///
    /// `relativeAltitude` is the height above the elevation of the frame center, where both are known: what a
    /// projection onto the ground needs. A missing platform pitch or roll counts as level, a missing relative angle as
    /// zero; without heading there is no yaw, and without any elevation no pitch.
    public var pose: Pose {
        var pose = Pose(horizontalFieldOfView: horizontalFieldOfView)
        if let sensorLatitude, let sensorLongitude, abs(sensorLatitude) > 1e-6 || abs(sensorLongitude) > 1e-6 {
            (pose.latitude, pose.longitude) = (sensorLatitude, sensorLongitude)
        }
        pose.absoluteAltitude = sensorAltitude
        if let sensorAltitude, let frameCenterElevation {
            pose.relativeAltitude = sensorAltitude - frameCenterElevation
        }
        guard relativeElevation != nil || platformPitch != nil else { return pose }
        let angles = sightAngles
        (pose.pitch, pose.roll) = (angles.pitch, angles.roll)
        if platformHeading != nil { pose.yaw = angles.yaw }
        return pose
    }

    /// Yaw, pitch and roll of the product of both rotations, in degrees.
    private var sightAngles: (yaw: Double, pitch: Double, roll: Double) {
        let platform = Self.rotation(yaw: platformHeading ?? 0, pitch: platformPitch ?? 0, roll: platformRoll ?? 0)
        let sensor = Self.rotation(yaw: relativeAzimuth ?? 0, pitch: relativeElevation ?? 0, roll: relativeRoll ?? 0)
        // Columns of the product: the sensor's forward, right and down in north, east, down.
        func product(_ row: Int, _ column: Int) -> Double {
            (0..<3).reduce(0) { $0 + platform[row][$1] * sensor[$1][column] }
        }
        let pitch = asin(max(-1, min(1, -product(2, 0))))
        // Straight down, yaw and roll turn about one axis: all of it is called yaw.
        if abs(product(2, 0)) > 1 - 1e-9 {
            return (Angle.degrees(atan2(-product(0, 1), product(1, 1))), Angle.degrees(pitch), 0)
        }
        return (
            Angle.degrees(atan2(product(1, 0), product(0, 0))), Angle.degrees(pitch),
            Angle.degrees(atan2(product(2, 1), product(2, 2)))
        )
    }

    /// Rotation from body (forward, right, down) to its parent, angles in degrees, order yaw, pitch, roll.
    private static func rotation(yaw: Double, pitch: Double, roll: Double) -> [[Double]] {
        let (sy, cy) = (sin(Angle.radians(yaw)), cos(Angle.radians(yaw)))
        let (sp, cp) = (sin(Angle.radians(pitch)), cos(Angle.radians(pitch)))
        let (sr, cr) = (sin(Angle.radians(roll)), cos(Angle.radians(roll)))
        return [
            [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
            [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
            [-sp, cp * sr, cp * cr],
        ]
    }
}
