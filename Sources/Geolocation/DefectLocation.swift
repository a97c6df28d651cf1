public import ShrikeCore

/// Where a defect is, what it belongs to, and what that rests on.
public struct DefectLocation: Hashable, Sendable {
    /// What the line of sight was intersected with.
    public enum Ground: String, Hashable, Sendable, Codable {
        case terrain
        /// Level ground below the camera.
        case plane
    }

    /// Nil where there is no place; ``degraded`` then says why.
    public var place: GroundPoint?
    /// The most probable asset; nil without an asset list or where none is within reach.
    public var asset: AssetReference?
    /// The assets after it, most probable first.
    public var otherAssets: [AssetReference]
    public var ground: Ground
    /// How the camera's altitude over the terrain was known; nil over a plane.
    public var reference: HeightReference?
    /// Words for `Alert.degraded`: `no_pose`, `too_flat`, `above_horizon`, `too_far`, `not_airborne`, `bad_pose` without a
    /// place; `no_terrain`, `below_terrain` where a plane stood in for the terrain; `no_take_off` where the ground of the
    /// take-off was taken to be as high as that below the camera.
    public var degraded: [String]

    public init(
        place: GroundPoint? = nil, asset: AssetReference? = nil, otherAssets: [AssetReference] = [],
        ground: Ground = .plane, reference: HeightReference? = nil, degraded: [String] = []
    ) {
        (self.place, self.asset, self.otherAssets) = (place, asset, otherAssets)
        (self.ground, self.reference, self.degraded) = (ground, reference, degraded)
    }
}
