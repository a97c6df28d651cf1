import ShrikeCore

extension Pose {
    /// The pose a fraction (0 to 1) of the way to another one.
    func interpolated(to other: Pose, fraction: Double) -> Pose {
        let takesOther = fraction > 0.5
        func linear(_ a: Double?, _ b: Double?) -> Double? {
            guard let a, let b else { return takesOther ? b : a }
            return a + (b - a) * fraction
        }
        func angle(_ a: Double?, _ b: Double?) -> Double? {
            guard let a, let b else { return takesOther ? b : a }
            return Angle.wrapped(a + Angle.wrapped(b - a) * fraction)
        }
        var result = Pose(
            relativeAltitude: linear(relativeAltitude, other.relativeAltitude),
            absoluteAltitude: linear(absoluteAltitude, other.absoluteAltitude),
            yaw: angle(yaw, other.yaw), pitch: angle(pitch, other.pitch), roll: angle(roll, other.roll),
            horizontalFieldOfView: linear(horizontalFieldOfView, other.horizontalFieldOfView))
        // A place is a pair: half of it from each neighbor would be nowhere.
        if latitude != nil, longitude != nil, other.latitude != nil, other.longitude != nil {
            result.latitude = linear(latitude, other.latitude)
            result.longitude = angle(longitude, other.longitude)
        } else {
            result.latitude = takesOther ? other.latitude : latitude
            result.longitude = takesOther ? other.longitude : longitude
        }
        return result
    }
}
