import Foundation
import Imaging
import Kernels
import ShrikeCore

/// One thermal flight over a solar field: where the camera is at any time and what it sees. Fixed by seed and length.
struct SolarFlight: Sendable {
    static let width = 640
    static let height = 512
    /// 35 mm equivalent of the thermal camera.
    static let focalLength = 40.0
    static let videoScale = ThermalScale(gain: 0.22, offset: 18)
    static let framesScale = ThermalScale(gain: 0.01, offset: -40)
    /// Temporal noise of the sensor in kelvin, one deviation.
    static let noise = 0.35

    let seconds: Double
    let ground: SolarPlane
    let pattern: ValuePlane
    /// Degrees by which the rows turn clockwise from east-west.
    let azimuth: Double
    private let looksAlongRows: Bool
    private let speed: Double
    private let altitude: Double
    private let pitch: Double
    private let phases: [Double]
    private let noiseSeed: UInt64
    private let origin: LocalTangent
    private let fix: PositionNoise
    let startSeconds: Int
    let elevation: Double

    /// - Parameters:
    ///   - visit: from 1; later ones fly a month apart over the same field as time has left it.
    ///   - gpsNoiseMeters: deviation of one axis of the telemetry's places.
    init(
        seed: UInt64, seconds: Double, visit: Int = 1, gpsNoiseMeters: Double = 0
    ) throws(ImagingError) {
        let root = SplitMix64(seed: seed)
        var random = root.split(10)
        self.seconds = seconds
        looksAlongRows = random.unit() < 0.5
        speed = random.uniform(1.8...2.6)
        let plannedAltitude = random.uniform(16...20)
        let plannedPitch = random.uniform(-84 ... -74)
        azimuth = random.uniform(-14...14)
        let firstPhases = (0..<8).map { _ in random.uniform(0...(2 * .pi)) }
        let firstNoise = random.next()
        origin = LocalTangent(latitude: random.uniform(36...39), longitude: random.uniform(99...103))
        let firstStart = 1_780_279_200 + random.index(below: 80) * 86_400 + random.index(below: 7200)
        elevation = random.uniform(900...2900)
        // The first visit flies as planned; nobody flies the same twice.
        var own = root.split(1000 + UInt64(visit))
        altitude = visit == 1 ? plannedAltitude : plannedAltitude * own.uniform(0.95...1)
        pitch = visit == 1 ? plannedPitch : plannedPitch + own.uniform(-1...0.5)
        phases = visit == 1 ? firstPhases : (0..<8).map { _ in own.uniform(0...(2 * .pi)) }
        noiseSeed = visit == 1 ? firstNoise : own.next()
        startSeconds = firstStart + (visit - 1) * 30 * 86_400 + (visit == 1 ? 0 : own.index(below: 7200))
        fix = PositionNoise(seed: own.split(1), meters: gpsNoiseMeters)
        let seen = Self.footprint(
            altitude: plannedAltitude, pitch: plannedPitch, length: speed * seconds, looksAlongRows: looksAlongRows)
        let field = SolarField(seed: root.split(11), bounds: seen.bounds, watched: seen.watched, visit: visit)
        ground = try SolarPlane(field: field, seed: root.split(12))
        pattern = Self.fixedPattern(seed: root.split(13))
    }

    typealias Extent = (left: Double, bottom: Double, right: Double, top: Double)

    /// The ground that the flight can see, and the part of it that stays in the picture for some seconds.
    private static func footprint(
        altitude h: Double, pitch: Double, length: Double, looksAlongRows: Bool
    ) -> (bounds: Extent, watched: Extent) {
        let focal = GroundCamera.focal(width: width, equivalentMillimeters: focalLength)
        let half = atan(Double(height) / 2 / focal)
        let down = -pitch * .pi / 180
        let far = h / tan(down - half)
        let near = h / tan(down + half)
        let side = h / sin(down - half) * Double(width) / 2 / focal
        let close = h / sin(min(.pi / 2, down + half)) * Double(width) / 2 / focal
        let room = 2.5
        if looksAlongRows {
            return (
                (near - room, -side - room, length + far + room, side + room),
                (near + 2.5, -close * 0.8, length + far - 4, close * 0.8)
            )
        }
        return (
            (-side - room, near - room, length + side + room, far + room),
            (-close * 0.6, near + 0.9, length + close * 0.6, far - 1.5)
        )
    }

    private static func fixedPattern(seed: SplitMix64) -> ValuePlane {
        var random = seed
        var pattern = ValuePlane(width: width, height: height)
        let columns = (0..<width).map { _ in 0.10 * random.normal() }
        let rows = (0..<height).map { _ in 0.05 * random.normal() }
        let grain = ValuePlane(width: width, height: height)
        var fixed = grain
        fixed.sense(pattern: grain, seed: random.next(), sigma: 0.12)
        let values = fixed.values
        let (cx, cy) = (Double(width) / 2, Double(height) / 2)
        pattern.modify { value, x, y in
            let (u, v) = ((Double(x) - cx) / cx, (Double(y) - cy) / cy)
            value = values[y * width + x] + Float(columns[x] + rows[y] - 0.9 * (u * u + v * v))
        }
        return pattern
    }

    /// The camera in the field's own frame.
    func camera(at time: Double) -> GroundCamera {
        func sway(_ index: Int, period: Double) -> Double { sin(2 * .pi * time / period + phases[index]) }
        let along = speed * time + 0.18 * sway(0, period: 4.1)
        let across = 0.25 * sway(1, period: 6.3) + 0.06 * sway(2, period: 1.7)
        return GroundCamera(
            width: Self.width, height: Self.height,
            focal: GroundCamera.focal(width: Self.width, equivalentMillimeters: Self.focalLength), x: along,
            y: across, altitude: altitude + 0.25 * sway(3, period: 7.7),
            yaw: (looksAlongRows ? 90 : 0) + 1.4 * sway(4, period: 5.2) + 0.3 * sway(5, period: 1.3),
            pitch: pitch + 0.5 * sway(6, period: 3.9), roll: 0.5 * sway(7, period: 2.9))
    }

    /// Degrees of a point of the field.
    func degrees(x: Double, y: Double) -> (latitude: Double, longitude: Double) {
        let (s, c) = (sin(azimuth * .pi / 180), cos(azimuth * .pi / 180))
        return origin.degrees(east: x * c + y * s, north: y * c - x * s)
    }

    /// Temperatures that the sensor reports in one frame, °C.
    func render(frame: Int, at time: Double, into view: inout ValuePlane) {
        let map = GroundCamera.product(ground.groundToPlane, camera(at: time).pixelToGround)
        ground.plane.project(by: map, into: &view)
        view.sense(pattern: pattern, seed: noiseSeed &+ UInt64(frame), sigma: Self.noise)
    }

    func telemetry(at time: Double) -> DJISubtitles.Sample {
        let camera = camera(at: time)
        let error = fix.offset(at: time)
        let place = degrees(x: camera.x + error.x, y: camera.y + error.y)
        return DJISubtitles.Sample(
            latitude: place.latitude, longitude: place.longitude, relativeAltitude: camera.altitude,
            absoluteAltitude: elevation + camera.altitude, gimbalYaw: camera.yaw + azimuth, gimbalPitch: camera.pitch,
            gimbalRoll: camera.roll)
    }

    var defects: [FootageTruth.Defect] {
        ground.field.defects.map { defect in
            let place = degrees(x: (defect.left + defect.right) / 2, y: (defect.bottom + defect.top) / 2)
            return FootageTruth.Defect(
                id: defect.id, className: defect.kind.rawValue, deltaKelvin: defect.deltaKelvin,
                latitude: place.latitude, longitude: place.longitude)
        }
    }

    func observations(frame: Int, at time: Double) -> [FootageTruth.Observation] {
        let camera = camera(at: time)
        return ground.field.defects.compactMap { defect in
            let corners = defect.corners.compactMap { camera.pixel(ofGround: $0.x, $0.y) }
            return FootageTruth.Observation(
                frame: frame, defectID: defect.id, outline: corners, width: Self.width, height: Self.height)
        }
    }
}
