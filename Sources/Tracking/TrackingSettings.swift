/// How detections are joined into tracks. Lengths are in sizes of the box concerned (the side of the square of equal
/// area), times in analyzed frames, so that one set of numbers serves near and far, large and small pictures.
public struct TrackingSettings: Hashable, Sendable, Codable {
    /// Standard deviation of a detected center.
    public var measurementNoise: Double
    /// Standard deviation of the change of speed from frame to frame, after camera motion is taken out.
    public var accelerationNoise: Double
    /// Standard deviation of the speed of a thing just seen for the first time.
    public var initialSpeed: Double
    /// Standard deviation added to every place in a frame of a moving camera whose motion could not be measured.
    public var unknownCameraMotion: Double
    /// Share of its speed that a thing keeps from frame to frame while it is not seen.
    public var unseenSpeedKept: Double
    /// Search radius: never less than this...
    public var minimumGate: Double
    /// ...never more than this...
    public var maximumGate: Double
    /// ...and in between so many standard deviations of the predicted place.
    public var gateDeviations: Double
    /// Largest ratio of the sizes of a track and its detection.
    public var maximumSizeRatio: Double
    /// What it costs to leave a track without detection, in the units of a pair's cost (see `AssociationCost`).
    public var unmatchedCost: Double
    /// Overlap from which two boxes of different classes are one thing.
    public var sameThingIoU: Double

    public init(
        measurementNoise: Double = 0.1, accelerationNoise: Double = 0.15, initialSpeed: Double = 1,
        unknownCameraMotion: Double = 1, unseenSpeedKept: Double = 0.95, minimumGate: Double = 1,
        maximumGate: Double = 3, gateDeviations: Double = 3, maximumSizeRatio: Double = 2.5,
        unmatchedCost: Double = 4, sameThingIoU: Double = 0.5
    ) {
        (self.measurementNoise, self.accelerationNoise) = (measurementNoise, accelerationNoise)
        (self.initialSpeed, self.unknownCameraMotion) = (initialSpeed, unknownCameraMotion)
        (self.unseenSpeedKept, self.minimumGate, self.maximumGate) = (unseenSpeedKept, minimumGate, maximumGate)
        (self.gateDeviations, self.maximumSizeRatio) = (gateDeviations, maximumSizeRatio)
        (self.unmatchedCost, self.sameThingIoU) = (unmatchedCost, sameThingIoU)
    }
}
