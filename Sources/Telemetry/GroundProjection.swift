import Foundation
public import ShrikeCore

/// Projects pixels of an oblique picture onto level ground.
///
/// Pinhole camera with square pixels and the principal point in the center of the picture; no lens distortion, no
/// terrain. Ground is the plane at height zero below the camera; meters become degrees by the WGS84 radii of curvature.
/// Pitch 0 is the horizon, -90 straight down; yaw clockwise from true north; roll clockwise seen from behind.
public struct GroundProjection: Hashable, Sendable {
    /// Steepest pitch that is refused, degrees: beyond, one degree of pitch moves the place by tens of heights.
    public static let flattestPitch = -10.0
    /// Longest line of sight, in heights above ground.
    public static let farthestRange = 8.0

    public let imageWidth: Int
    public let imageHeight: Int
    public let uncertainty: PoseUncertainty

    public init(imageWidth: Int, imageHeight: Int, uncertainty: PoseUncertainty = PoseUncertainty()) {
        (self.imageWidth, self.imageHeight, self.uncertainty) = (imageWidth, imageHeight, uncertainty)
    }

    /// Place of a pixel on the ground with its circular error, or the reason why there is none.
    ///
    /// - Parameters:
    ///   - pixel: Pixels of the source picture, origin at the top-left corner of the top-left pixel.
    ///   - pose: Needs place, yaw, pitch and field of view; a missing roll counts as level.
    ///   - heightAboveGround: Meters; nil takes `pose.relativeAltitude`, the height above the take-off point.
    ///   - groundAltitude: Put into the result; it does not enter the computation.
    ///   - rate: Movement at that moment, for the timing error.
    ///   - method: Where the pose came from.
    public func place(
        of pixel: Point, pose: Pose, heightAboveGround: Double? = nil, groundAltitude: Double? = nil,
        rate: PoseRate = PoseRate(), method: GroundPoint.Method
    ) -> Result<GroundPoint, GroundRefusal> {
        switch line(of: pixel, pose: pose, heightAboveGround: heightAboveGround) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let (origin, sight)):
            guard let offset = sight.groundOffset else { return .failure(.aboveHorizon) }
            let range = (offset.north * offset.north + offset.east * offset.east + sight.height * sight.height)
                .squareRoot()
            guard range <= Self.farthestRange * sight.height else {
                return .failure(.tooFar(rangeMeters: range, heightMeters: sight.height))
            }
            let radii = EarthRadii(latitude: origin.latitude)
            let latitude = origin.latitude + Angle.degrees(offset.north / radii.meridian)
            let longitude = origin.longitude + Angle.degrees(offset.east / radii.parallel)
            return .success(
                GroundPoint(
                    latitude: latitude, longitude: Angle.wrapped(longitude), altitude: groundAltitude,
                    circularErrorMeters: circularError(of: sight, at: offset, rate: rate), method: method))
        }
    }

    /// The line of sight through a pixel, or why there is none.
    package func line(
        of pixel: Point, pose: Pose, heightAboveGround: Double?
    ) -> Result<(origin: (latitude: Double, longitude: Double), sight: SightLine), GroundRefusal> {
        guard let latitude = pose.latitude, let longitude = pose.longitude else { return .failure(.missing("place")) }
        guard let height = heightAboveGround ?? pose.relativeAltitude else { return .failure(.missing("height")) }
        guard let yaw = pose.yaw else { return .failure(.missing("yaw")) }
        guard let pitch = pose.pitch else { return .failure(.missing("pitch")) }
        guard let fieldOfView = pose.horizontalFieldOfView else { return .failure(.missing("field of view")) }
        let roll = pose.roll ?? 0
        guard abs(latitude) <= 89.9, abs(longitude) <= 180 else { return .failure(.implausible("place")) }
        guard abs(yaw) <= 720, abs(roll) <= 360, abs(pitch) <= 180 else { return .failure(.implausible("angles")) }
        guard fieldOfView > 0.1, fieldOfView < 170 else { return .failure(.implausible("field of view")) }
        guard imageWidth > 0, imageHeight > 0, pixel.x.isFinite, pixel.y.isFinite else {
            return .failure(.implausible("picture size or pixel"))
        }
        guard height.isFinite, height > 0.5, height < 50_000 else {
            return .failure(.notAirborne(heightMeters: height))
        }
        // A gimbal swung past straight down looks backwards: as flat as the supplement.
        guard pitch <= Self.flattestPitch, pitch >= -180 - Self.flattestPitch else {
            return .failure(.tooFlat(pitch: pitch))
        }
        let focal = Double(imageWidth) / 2 / tan(Angle.radians(fieldOfView) / 2)
        let sight = SightLine(
            x: (pixel.x - Double(imageWidth) / 2) / focal, y: (pixel.y - Double(imageHeight) / 2) / focal,
            height: height, pitch: pitch, yaw: yaw, roll: roll)
        return .success(((latitude, longitude), sight))
    }

    /// Radius that holds the true place with 90 % probability.
    ///
    /// Each source of error moves the place along a vector; the vectors' covariance gives the radius (H. L. Harter,
    /// "Circular Error Probabilities", 1960). Near the horizon the place moves much further one way than the other, so
    /// each vector is measured at ±1.645 standard deviations and the longer side is taken.
    private func circularError(of sight: SightLine, at offset: SightLine.Offset, rate: PoseRate) -> Double {
        var covariance = PlaneCovariance()
        covariance.addIsotropic(uncertainty.positionMeters)
        func add(_ sigma: Double, _ change: (inout SightLine, Double) -> Void) {
            guard sigma > 0 else { return }
            let step = 1.6449 * sigma
            var longest = SightLine.Offset(north: 0, east: 0)
            for side in [-step, step] {
                var moved = sight
                change(&moved, side)
                // A side that no longer meets the ground says nothing; the other one then stands for both.
                guard let place = moved.groundOffset else { continue }
                let vector = SightLine.Offset(north: place.north - offset.north, east: place.east - offset.east)
                if vector.length > longest.length { longest = vector }
            }
            covariance.add(north: longest.north / 1.6449, east: longest.east / 1.6449)
        }
        // A height error is bounded by the ground itself.
        add(uncertainty.heightMeters) { $0.height = max(0.1, $0.height + $1) }
        add(uncertainty.pitchDegrees) { $0.pitch += $1 }
        add(uncertainty.yawDegrees) { $0.yaw += $1 }
        add(uncertainty.rollDegrees) { $0.roll += $1 }
        let seconds = uncertainty.timingMilliseconds / 1000
        if seconds > 0 {
            var later = sight
            later.yaw += rate.yaw * seconds
            later.pitch += rate.pitch * seconds
            later.height = max(0.1, later.height + rate.up * seconds)
            let place = later.groundOffset ?? offset
            covariance.add(
                north: place.north - offset.north + rate.north * seconds,
                east: place.east - offset.east + rate.east * seconds)
        }
        return covariance.circularError90
    }
}
