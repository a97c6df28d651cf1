/// What the camera's altitude in the terrain's own zero was computed from; each is less sure than the one before.
public enum HeightReference: String, Hashable, Sendable, Codable, CaseIterable {
    /// Height above take-off plus the terrain where it took off.
    case takeOff = "take_off"
    /// The altitude the vehicle states, taken as one above the terrain's zero.
    case absolute
    /// Height above take-off, as if the ground below the camera were as high as the place of take-off.
    case groundBelow = "ground_below"
}
