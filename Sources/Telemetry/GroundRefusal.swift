/// Why a pixel was given no place on the ground; an expected outcome, not a failure.
public enum GroundRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The pose lacks something: `place`, `height`, `yaw`, `pitch` or `field of view`.
    case missing(String)
    /// The camera looks flatter than ``GroundProjection/flattestPitch``, in degrees.
    case tooFlat(pitch: Double)
    /// The line of sight does not meet the ground.
    case aboveHorizon
    /// The ground is further than ``GroundProjection/farthestRange`` heights away.
    case tooFar(rangeMeters: Double, heightMeters: Double)
    /// No height above ground to project from.
    case notAirborne(heightMeters: Double)
    /// A number that no pose or picture has.
    case implausible(String)

    public var description: String {
        switch self {
        case .missing(let what): "the pose has no \(what)"
        case .tooFlat(let pitch): "the camera looks too flat (pitch \(Self.rounded(pitch))°)"
        case .aboveHorizon: "the line of sight does not meet the ground"
        case .tooFar(let range, let height):
            "the ground is too far (\(Self.rounded(range)) m at a height of \(Self.rounded(height)) m)"
        case .notAirborne(let height): "the height above ground is \(Self.rounded(height)) m"
        case .implausible(let what): "implausible \(what)"
        }
    }

    /// Word for metrics and `degraded` lists.
    public var code: String {
        switch self {
        case .missing: "no_pose"
        case .tooFlat: "too_flat"
        case .aboveHorizon: "above_horizon"
        case .tooFar: "too_far"
        case .notAirborne: "not_airborne"
        case .implausible: "bad_pose"
        }
    }

    private static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
