import Foundation
import Geolocation
import ShrikeCore
import Telemetry
import TestKit
import Testing

@Suite("Pixel to ground over terrain")
struct TerrainProjectionTests {
    static let takeOff = TakeOff(place: Coordinate(latitude: 46.5, longitude: 8.5))

    /// A dense march of its own: Earth-centered rotation of the camera, a step of 5 cm, no refinement.
    static func bruteForce(
        pixel: Point, width: Double, height: Double, pose: Pose, altitude: Double, terrain: some HeightField,
        step: Double = 0.05
    ) -> (place: Coordinate, range: Double)? {
        guard let lat = pose.latitude, let lon = pose.longitude, let yaw = pose.yaw, let pitch = pose.pitch,
            let roll = pose.roll, let fov = pose.horizontalFieldOfView
        else { return nil }
        typealias V = SIMD3<Double>
        func rad(_ d: Double) -> Double { d * .pi / 180 }
        func turn(_ v: V, _ axis: V, _ degrees: Double) -> V {
            let t = rad(degrees)
            let cross = V(axis.y * v.z - axis.z * v.y, axis.z * v.x - axis.x * v.z, axis.x * v.y - axis.y * v.x)
            return v * cos(t) + cross * sin(t) + axis * ((axis * v).sum() * (1 - cos(t)))
        }
        let (p, l) = (rad(lat), rad(lon))
        let (a, e2) = (6_378_137.0, 6.694_379_990_141_316e-3)
        func fixed(_ p: Double, _ l: Double, _ h: Double) -> V {
            let n = a / (1 - e2 * sin(p) * sin(p)).squareRoot()
            return V((n + h) * cos(p) * cos(l), (n + h) * cos(p) * sin(l), (n * (1 - e2) + h) * sin(p))
        }
        func geodetic(_ v: V) -> (Double, Double, Double) {
            let r = (v.x * v.x + v.y * v.y).squareRoot()
            var p = atan2(v.z, r * (1 - e2))
            var n = a
            for _ in 0..<4 {
                n = a / (1 - e2 * sin(p) * sin(p)).squareRoot()
                p = atan2(v.z + e2 * n * sin(p), r)
            }
            return (p * 180 / .pi, atan2(v.y, v.x) * 180 / .pi, r / cos(p) - n)
        }
        let down = V(-cos(p) * cos(l), -cos(p) * sin(l), -sin(p))
        let axis = turn(V(-sin(p) * cos(l), -sin(p) * sin(l), cos(p)), down, yaw)
        var right = turn(V(-sin(l), cos(l), 0), down, yaw)
        let forward = turn(axis, right, pitch)
        var below = turn(down, right, pitch)
        right = turn(right, forward, roll)
        below = turn(below, forward, roll)
        let focal = width / 2 / tan(rad(fov) / 2)
        var ray = forward + right * ((pixel.x - width / 2) / focal) + below * ((pixel.y - height / 2) / focal)
        ray /= (ray * ray).sum().squareRoot()
        let camera = fixed(p, l, altitude)
        var t = 0.0
        while t < 3000 {
            let (latitude, longitude, h) = geodetic(camera + ray * t)
            let place = Coordinate(latitude: latitude, longitude: longitude)
            guard let ground = terrain.height(at: place) else { return nil }
            if h <= ground { return (place, t) }
            t += step
        }
        return nil
    }

    static func distance(_ a: Coordinate, _ b: GroundPoint) -> Double {
        let north = (a.latitude - b.latitude) * 111_190
        let east = (a.longitude - b.longitude) * 111_320 * cos(a.latitude * .pi / 180)
        return (north * north + east * east).squareRoot()
    }

    static func randomPose(_ random: inout SeededRandom, flattest: Double = -12) -> Pose {
        Pose(
            latitude: 46.5 + random.uniform(-0.02, 0.02), longitude: 8.5 + random.uniform(-0.02, 0.02),
            relativeAltitude: random.uniform(50, 150), yaw: random.uniform(-180, 180),
            pitch: random.uniform(-90, flattest), roll: random.uniform(-10, 10),
            horizontalFieldOfView: random.uniform(20, 80))
    }

    @Test("agrees with a dense march in Earth-centered coordinates over 300 poses within 1 % of range + 0.1 m")
    func againstBruteForce() throws {
        let terrain = RollingTerrain()
        let projection = TerrainProjection(
            terrain: terrain, imageWidth: 1920, imageHeight: 1080)
        var random = SeededRandom(seed: 11)
        let start = try #require(terrain.height(at: Self.takeOff.place))
        var (compared, worst) = (0, 0.0)
        while compared < 300 {
            let pose = Self.randomPose(&random)
            let pixel = Point(x: random.uniform(0, 1920), y: random.uniform(0, 1080))
            guard
                case .success(let hit) = projection.place(of: pixel, pose: pose, takeOff: Self.takeOff, method: .srt)
            else { continue }
            let truth = try #require(
                Self.bruteForce(
                    pixel: pixel, width: 1920, height: 1080, pose: pose,
                    altitude: start + (pose.relativeAltitude ?? 0), terrain: terrain))
            let error = Self.distance(truth.place, hit.point)
            #expect(error <= 0.01 * truth.range + 0.1, "\(pose) \(pixel)")
            worst = max(worst, error / truth.range)
            compared += 1
        }
        #expect(worst < 0.005)
    }

    @Test("over level ground it is the plane's answer")
    func level() throws {
        var random = SeededRandom(seed: 12)
        let terrain = LevelTerrain()
        let over = TerrainProjection(terrain: terrain, imageWidth: 1920, imageHeight: 1080)
        let flat = GroundProjection(imageWidth: 1920, imageHeight: 1080)
        var compared = 0
        while compared < 200 {
            let pose = Self.randomPose(&random)
            let pixel = Point(x: random.uniform(0, 1920), y: random.uniform(0, 1080))
            guard case .success(let plane) = flat.place(of: pixel, pose: pose, method: .srt),
                case .success(let hit) = over.place(of: pixel, pose: pose, takeOff: Self.takeOff, method: .srt)
            else { continue }
            let place = Coordinate(latitude: plane.latitude, longitude: plane.longitude)
            // The plane touches the Earth below the camera; the Earth bends away from it.
            #expect(Self.distance(place, hit.point) <= 0.002 * hit.range + 0.01)
            #expect(hit.point.altitude == 500)
            #expect(abs(hit.point.circularErrorMeters - plane.circularErrorMeters) < 0.1 * plane.circularErrorMeters)
            compared += 1
        }
    }

    @Test("the stated error covers the true place in 90 % of 1,000 noisy poses over hills")
    func coverage() throws {
        var terrain = RollingTerrain()
        terrain.heightErrorMeters = 1
        let uncertainty = PoseUncertainty()
        let projection = TerrainProjection(
            terrain: terrain, imageWidth: 1920, imageHeight: 1080, uncertainty: uncertainty)
        var random = SeededRandom(seed: 13)
        var (covered, total) = (0, 0)
        while total < 1000 {
            let truth = Self.randomPose(&random, flattest: -20)
            let pixel = Point(x: random.uniform(480, 1440), y: random.uniform(270, 810))
            guard
                case .success(let place) = projection.place(
                    of: pixel, pose: truth, takeOff: Self.takeOff, method: .srt)
            else { continue }
            var noisy = truth
            let height = random.normal(uncertainty.heightMeters) + random.normal(terrain.heightErrorMeters)
            noisy.relativeAltitude = (truth.relativeAltitude ?? 0) + height
            noisy.pitch = (truth.pitch ?? 0) + random.normal(uncertainty.pitchDegrees)
            noisy.yaw = (truth.yaw ?? 0) + random.normal(uncertainty.yawDegrees)
            noisy.roll = (truth.roll ?? 0) + random.normal(uncertainty.rollDegrees)
            noisy.latitude = (truth.latitude ?? 0) + random.normal(uncertainty.positionMeters) / 111_190
            noisy.longitude = (truth.longitude ?? 0) + random.normal(uncertainty.positionMeters) / 76_600
            guard
                case .success(let stated) = projection.place(
                    of: pixel, pose: noisy, takeOff: Self.takeOff, method: .srt)
            else { continue }
            total += 1
            let origin = Coordinate(latitude: place.point.latitude, longitude: place.point.longitude)
            if Self.distance(origin, stated.point) <= stated.point.circularErrorMeters { covered += 1 }
        }
        #expect(covered >= 900)
        #expect(covered <= 985)
    }

    @Test("without a place of take-off the ground below stands in, with a larger error")
    func groundBelow() throws {
        let projection = TerrainProjection(terrain: RollingTerrain(), imageWidth: 1920, imageHeight: 1080)
        let pose = Pose(
            latitude: 46.501, longitude: 8.501, relativeAltitude: 80, yaw: 30, pitch: -50, roll: 0,
            horizontalFieldOfView: 60)
        let pixel = Point(x: 960, y: 540)
        let known = try projection.place(of: pixel, pose: pose, takeOff: Self.takeOff, method: .srt).get()
        let assumed = try projection.place(of: pixel, pose: pose, method: .srt).get()
        #expect(known.reference == .takeOff)
        #expect(assumed.reference == .groundBelow)
        #expect(assumed.point.circularErrorMeters > known.point.circularErrorMeters)
        var packet = pose
        packet.absoluteAltitude = 320
        #expect(try projection.place(of: pixel, pose: packet, method: .klv).get().reference == .absolute)
    }

    @Test("unknown ground on the way, ground above the camera and no ground at all are told apart")
    func misses() {
        var terrain = RollingTerrain()
        terrain.knownUpTo = 46.5003
        let pose = Pose(
            latitude: 46.5, longitude: 8.5, relativeAltitude: 80, yaw: 0, pitch: -30, roll: 0,
            horizontalFieldOfView: 60)
        let middle = Point(x: 960, y: 540)
        func answer(_ terrain: some HeightField, _ pose: Pose, _ takeOff: TakeOff? = nil)
            -> Result<TerrainProjection.Hit, TerrainProjection.Miss>
        {
            TerrainProjection(terrain: terrain, imageWidth: 1920, imageHeight: 1080)
                .place(of: middle, pose: pose, takeOff: takeOff, method: .srt)
        }
        #expect(answer(terrain, pose) == .failure(.unknownTerrain))
        terrain.knownUpTo = 46.4
        #expect(answer(terrain, pose) == .failure(.unknownTerrain))
        var low = pose
        low.relativeAltitude = nil
        low.absoluteAltitude = 20
        #expect(answer(RollingTerrain(), low) == .failure(.belowGround))
        var flat = pose
        flat.pitch = -5
        #expect(answer(LevelTerrain(), flat) == .failure(.refused(.tooFlat(pitch: -5))))
        var nowhere = pose
        nowhere.latitude = nil
        #expect(answer(LevelTerrain(), nowhere) == .failure(.refused(.missing("place"))))
    }
}
