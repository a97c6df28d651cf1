import Foundation
public import ShrikeCore
public import Telemetry

/// Projects pixels of an oblique picture onto terrain, with the error that pose, timing and terrain leave.
///
/// Camera model and refusals as in `GroundProjection`; the ground is the height field instead of a plane. Each source
/// of error is applied at ±1.645 standard deviations and the line of sight followed anew, so an error that carries the
/// line over a ridge counts with where it lands.
public struct TerrainProjection: Sendable {
    /// A pixel's place on the terrain.
    public struct Hit: Hashable, Sendable {
        public var point: GroundPoint
        /// Meters from the camera.
        public var range: Double
        public var reference: HeightReference
    }

    /// Why there is no place on the terrain.
    public enum Miss: Error, Hashable, Sendable {
        /// The pose or the picture allows none, over a plane neither.
        case refused(GroundRefusal)
        /// The terrain's height is not known where it is needed.
        case unknownTerrain
        /// The camera would be under the ground: heights of pose and terrain do not belong together.
        case belowGround
        /// The line of sight meets no ground within `GroundProjection.farthestRange` heights.
        case noGround
    }

    public let terrain: any HeightField
    public let imageWidth: Int
    public let imageHeight: Int
    public let uncertainty: PoseUncertainty

    public init(
        terrain: any HeightField, imageWidth: Int, imageHeight: Int,
        uncertainty: PoseUncertainty = PoseUncertainty()
    ) {
        (self.terrain, self.imageWidth, self.imageHeight) = (terrain, imageWidth, imageHeight)
        self.uncertainty = uncertainty
    }

    /// Place of a pixel on the terrain with its circular error, or the reason why there is none.
    ///
    /// - Parameters:
    ///   - pixel: Pixels of the source picture, origin at the top-left corner of the top-left pixel.
    ///   - takeOff: Where the vehicle took off, which is where `pose.relativeAltitude` is zero.
    public func place(
        of pixel: Point, pose: Pose, takeOff: TakeOff? = nil, rate: PoseRate = PoseRate(), method: GroundPoint.Method
    ) -> Result<Hit, Miss> {
        guard let latitude = pose.latitude, let longitude = pose.longitude else {
            return .failure(.refused(.missing("place")))
        }
        let camera = Coordinate(latitude: latitude, longitude: longitude)
        guard let below = terrain.height(at: camera) else { return .failure(.unknownTerrain) }
        guard let altitude = Self.altitude(of: pose, takeOff: takeOff, terrain: terrain, below: below, method: method)
        else { return .failure(.refused(.missing("height"))) }
        let height = altitude.meters - below
        guard height > 0 else { return .failure(.belowGround) }

        let flat = GroundProjection(imageWidth: imageWidth, imageHeight: imageHeight, uncertainty: uncertainty)
        let sight: SightLine
        switch flat.line(of: pixel, pose: pose, heightAboveGround: height) {
        case .failure(let refusal): return .failure(.refused(refusal))
        case .success(let line): sight = line.sight
        }
        let follower = TerrainSight(
            terrain: terrain, plane: LocalPlane(origin: camera),
            maximumRange: GroundProjection.farthestRange * height)
        switch follower.follow(direction: sight.direction, altitude: altitude.meters) {
        case .unknown: return .failure(.unknownTerrain)
        case .belowGround: return .failure(.belowGround)
        case .miss: return .failure(.noGround)
        case .hit(let north, let east, let ground):
            let error = circularError(
                of: sight, follower, altitude: altitude, at: LocalPlane.Offset(north: north, east: east), rate: rate)
            let place = follower.plane.coordinate(north: north, east: east)
            let drop = altitude.meters - ground
            return .success(
                Hit(
                    point: GroundPoint(
                        latitude: place.latitude, longitude: place.longitude, altitude: ground,
                        circularErrorMeters: error, method: method),
                    range: (north * north + east * east + drop * drop).squareRoot(), reference: altitude.reference))
        }
    }

    struct Altitude {
        var meters: Double
        var reference: HeightReference
        /// Standard deviation the choice adds, meters.
        var sigma: Double
    }

    /// The camera's altitude in the terrain's zero, by the best of what is known.
    ///
    /// Packets of ST 0601 state an altitude above sea level that is measured as such; a drone's own absolute altitude
    /// may be tens of meters off, so there the height above take-off goes first.
    static func altitude(
        of pose: Pose, takeOff: TakeOff?, terrain: any HeightField, below: Double, method: GroundPoint.Method
    ) -> Altitude? {
        if method == .klv, let absolute = pose.absoluteAltitude {
            return Altitude(meters: absolute, reference: .absolute, sigma: 0)
        }
        if let relative = pose.relativeAltitude {
            if let takeOff, let ground = terrain.height(at: takeOff.place) {
                return Altitude(
                    meters: ground + relative - takeOff.relativeAltitude, reference: .takeOff, sigma: 0)
            }
            return Altitude(meters: below + relative, reference: .groundBelow, sigma: 5)
        }
        return pose.absoluteAltitude.map { Altitude(meters: $0, reference: .absolute, sigma: 10) }
    }

    private func circularError(
        of sight: SightLine, _ follower: TerrainSight, altitude: Altitude, at hit: LocalPlane.Offset, rate: PoseRate
    ) -> Double {
        /// A camera beside its stated place, looking along a line beside the stated one.
        struct Camera {
            var sight: SightLine
            var up = 0.0
            var north = 0.0
            var east = 0.0
        }
        // A line that is refused as the answer still shows how far the place may be off.
        let further = TerrainSight(
            terrain: terrain, plane: follower.plane, maximumRange: 8 * follower.maximumRange)
        func landing(_ camera: Camera) -> LocalPlane.Offset? {
            let outcome = further.follow(
                direction: camera.sight.direction, altitude: altitude.meters + camera.up, north: camera.north,
                east: camera.east)
            if case .hit(let north, let east, _) = outcome { return LocalPlane.Offset(north: north, east: east) }
            return nil
        }
        var covariance = PlaneCovariance()
        func add(
            _ sigma: Double, factor: Double = 1.6449, sides: [Double] = [-1, 1],
            _ change: (inout Camera, Double) -> Void
        ) {
            guard sigma > 0 else { return }
            var longest = LocalPlane.Offset(north: 0, east: 0)
            for side in sides {
                var camera = Camera(sight: sight)
                change(&camera, side * factor * sigma)
                // A side that no longer meets known ground says nothing; the other one then stands for both.
                guard let place = landing(camera) else { continue }
                let vector = LocalPlane.Offset(north: place.north - hit.north, east: place.east - hit.east)
                if vector.length > longest.length { longest = vector }
            }
            covariance.add(north: longest.north / factor, east: longest.east / factor)
        }
        add(hypot(hypot(uncertainty.heightMeters, terrain.heightErrorMeters), altitude.sigma)) { $0.up += $1 }
        add(uncertainty.pitchDegrees) { $0.sight.pitch += $1 }
        add(uncertainty.yawDegrees) { $0.sight.yaw += $1 }
        add(uncertainty.rollDegrees) { $0.sight.roll += $1 }
        add(uncertainty.positionMeters) { $0.north += $1 }
        add(uncertainty.positionMeters) { $0.east += $1 }
        add(uncertainty.timingMilliseconds / 1000, factor: 1, sides: [1]) { camera, seconds in
            camera.sight.yaw += rate.yaw * seconds
            camera.sight.pitch += rate.pitch * seconds
            camera.up += rate.up * seconds
            camera.north += rate.north * seconds
            camera.east += rate.east * seconds
        }
        return covariance.circularError90
    }
}
