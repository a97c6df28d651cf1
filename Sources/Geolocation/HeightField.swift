/// Heights of the ground by place.
public protocol HeightField: Sendable {
    /// Meters between neighboring heights of the source: how finely a line of sight has to be followed.
    var postSpacingMeters: Double { get }

    /// Standard deviation of the heights, meters.
    var heightErrorMeters: Double { get }

    /// Meters above the zero of the source, usually sea level; nil where it is not known.
    func height(at place: Coordinate) -> Double?
}
