import Foundation
public import ShrikeCore

/// How far a pose can be wrong, each as one standard deviation.
public struct PoseUncertainty: Hashable, Sendable, Codable {
    /// Height above the ground that is looked at: barometer drift and terrain.
    public var heightMeters: Double
    public var pitchDegrees: Double
    /// Compass error; the largest term at long range.
    public var yawDegrees: Double
    public var rollDegrees: Double
    /// Of the vehicle, north and east each.
    public var positionMeters: Double
    /// Between picture and telemetry; weighs with the movement at that moment.
    public var timingMilliseconds: Double

    /// Defaults suit a small drone without RTK over level ground.
    public init(
        heightMeters: Double = 3, pitchDegrees: Double = 1, yawDegrees: Double = 2, rollDegrees: Double = 0.5,
        positionMeters: Double = 2, timingMilliseconds: Double = 50
    ) {
        (self.heightMeters, self.pitchDegrees) = (heightMeters, pitchDegrees)
        (self.yawDegrees, self.rollDegrees) = (yawDegrees, rollDegrees)
        (self.positionMeters, self.timingMilliseconds) = (positionMeters, timingMilliseconds)
    }

    /// The same with what interpolation adds: half a second from a sample a vehicle that speeds up or turns by 1 m/s² is
    /// within 0.125 m of the straight line, five seconds from it 12.5 m off.
    public func withGap(of pose: Pose) -> PoseUncertainty {
        let seconds = (pose.sampleOffsetMilliseconds ?? 0) / 1000
        var copy = self
        copy.positionMeters = hypot(positionMeters, 0.5 * seconds * seconds)
        return copy
    }

    /// The same with the rounding of a track's coordinates added to the position.
    public func withRounding(of track: TelemetryTrack) -> PoseUncertainty {
        var copy = self
        copy.positionMeters = hypot(positionMeters, track.roundingErrorMeters)
        return copy
    }
}
