import Foundation
import ShrikeCore
import TestKit
import Testing

@testable import Telemetry

@Suite("Pixel to ground")
struct GroundProjectionTests {
    let projection = GroundProjection(imageWidth: 1920, imageHeight: 1080)

    static func randomPose(_ random: inout SeededRandom, steepest: Double = -90, flattest: Double = -10) -> Pose {
        Pose(
            latitude: random.uniform(-70, 70), longitude: random.uniform(-180, 180),
            relativeAltitude: random.uniform(5, 500), yaw: random.uniform(-180, 180),
            pitch: random.uniform(steepest, flattest), roll: random.uniform(-15, 15),
            horizontalFieldOfView: random.uniform(5, 90))
    }

    @Test("agrees with ray and plane in Earth-centered coordinates over 1,000 poses within 1 % of range + 0.1 m")
    func independent() throws {
        var random = SeededRandom(seed: 1)
        var compared = 0
        while compared < 1000 {
            let pose = Self.randomPose(&random)
            let pixel = Point(x: random.uniform(0, 1920), y: random.uniform(0, 1080))
            let truth = EarthFixedProjection.place(pixel: pixel, width: 1920, height: 1080, pose: pose)
            switch projection.place(of: pixel, pose: pose, method: .srt) {
            case .success(let place):
                let truth = try #require(truth)
                let error = EarthFixedProjection.distance(
                    (place.latitude, place.longitude), (truth.latitude, truth.longitude))
                #expect(error <= 0.01 * truth.range + 0.1)
                compared += 1
            case .failure:
                // Refused only where the other way of computing finds no ground or one too far away.
                #expect(truth.map { $0.range > 8 * (pose.relativeAltitude ?? 0) * 0.999 } ?? true)
            }
        }
    }

    @Test("the stated error covers the true place in 90 % of 1,000 noisy poses, whatever the pitch and the optics")
    func coverage() {
        for (low, high) in [(-90.0, -10.0), (-90, -60), (-60, -30), (-30, -20), (-20, -12)] {
            var random = SeededRandom(seed: 2)
            let (covered, total) = Self.coverage(&random, projection, pitch: (low, high), rounds: 1000)
            #expect(total >= 900)
            #expect(Double(covered) >= 0.9 * Double(total), "pitch \(low)...\(high)")
            // An error that covers everything would say nothing.
            #expect(Double(covered) <= 0.985 * Double(total), "pitch \(low)...\(high)")
        }
    }

    static func coverage(
        _ random: inout SeededRandom, _ projection: GroundProjection, pitch: (Double, Double), rounds: Int
    ) -> (covered: Int, total: Int) {
        let u = projection.uncertainty
        var (covered, total) = (0, 0)
        while total < rounds {
            var truth = randomPose(&random, steepest: pitch.0, flattest: pitch.1)
            truth.relativeAltitude = random.uniform(30, 150)
            let rate = PoseRate(
                north: random.uniform(-10, 10), east: random.uniform(-10, 10), up: random.uniform(-2, 2),
                yaw: random.uniform(-20, 20), pitch: random.uniform(-5, 5))
            let pixel = Point(x: random.uniform(0, 1920), y: random.uniform(0, 1080))
            let late = random.normal(u.timingMilliseconds / 1000)
            let radii = EarthRadii(latitude: truth.latitude ?? 0)
            var told = truth
            let north = random.normal(u.positionMeters) + rate.north * late
            let east = random.normal(u.positionMeters) + rate.east * late
            told.latitude = (truth.latitude ?? 0) + Angle.degrees(north / radii.meridian)
            told.longitude = (truth.longitude ?? 0) + Angle.degrees(east / radii.parallel)
            told.relativeAltitude = (truth.relativeAltitude ?? 0) + random.normal(u.heightMeters) + rate.up * late
            told.yaw = (truth.yaw ?? 0) + random.normal(u.yawDegrees) + rate.yaw * late
            told.pitch = (truth.pitch ?? 0) + random.normal(u.pitchDegrees) + rate.pitch * late
            told.roll = (truth.roll ?? 0) + random.normal(u.rollDegrees)
            guard case .success(let place) = projection.place(of: pixel, pose: told, rate: rate, method: .srt) else {
                continue
            }
            total += 1
            guard let real = EarthFixedProjection.place(pixel: pixel, width: 1920, height: 1080, pose: truth) else {
                continue
            }
            let error = EarthFixedProjection.distance(
                (place.latitude, place.longitude), (real.latitude, real.longitude))
            if error <= place.circularErrorMeters { covered += 1 }
        }
        return (covered, total)
    }

    @Test("straight down at the equator the middle is the camera's own place")
    func nadir() throws {
        let pose = Pose(
            latitude: 0.5, longitude: 10, relativeAltitude: 80, yaw: 30, pitch: -90, horizontalFieldOfView: 60)
        let place = try projection.place(of: Point(x: 960, y: 540), pose: pose, method: .xmp).get()
        #expect(abs(place.latitude - 0.5) < 1e-9 && abs(place.longitude - 10) < 1e-9)
        #expect(place.method == .xmp)
    }

    @Test("at 80 m and -45° single errors weigh as measured: 3 m of height 3.0 m, 1° of pitch 2.8 m, 2° of yaw 2.8 m")
    func singleErrors() throws {
        let pose = Pose(
            latitude: 46, longitude: 8, relativeAltitude: 80, yaw: 10, pitch: -45, roll: 0, horizontalFieldOfView: 60)
        func error(_ u: PoseUncertainty) throws -> Double {
            let p = GroundProjection(imageWidth: 1920, imageHeight: 1080, uncertainty: u)
            // One direction only: the 90 % radius is 1.645 standard deviations.
            return try p.place(of: Point(x: 960, y: 540), pose: pose, method: .srt).get().circularErrorMeters / 1.64485
        }
        let none = PoseUncertainty(
            heightMeters: 0, pitchDegrees: 0, yawDegrees: 0, rollDegrees: 0, positionMeters: 0, timingMilliseconds: 0)
        var (height, pitch, yaw) = (none, none, none)
        (height.heightMeters, pitch.pitchDegrees, yaw.yawDegrees) = (3, 1, 2)
        #expect(try error(none) == 0)
        #expect(try abs(error(height) - 3.0) < 0.01)
        #expect(try abs(error(pitch) - 2.85) < 0.1)
        #expect(try abs(error(yaw) - 2.79) < 0.02)
    }

    @Test("what cannot be placed is refused with its reason")
    func refusals() {
        let good = Pose(
            latitude: 46, longitude: 8, relativeAltitude: 80, yaw: 10, pitch: -45, roll: 0, horizontalFieldOfView: 60)
        let center = Point(x: 960, y: 540)
        func refusal(_ pixel: Point = Point(x: 960, y: 540), _ change: (inout Pose) -> Void) -> GroundRefusal? {
            var pose = good
            change(&pose)
            guard case .failure(let refusal) = projection.place(of: pixel, pose: pose, method: .srt) else { return nil }
            return refusal
        }
        #expect(refusal(center) { _ in } == nil)
        #expect(refusal { $0.latitude = nil } == .missing("place"))
        #expect(refusal { $0.relativeAltitude = nil } == .missing("height"))
        #expect(refusal { $0.yaw = nil } == .missing("yaw"))
        #expect(refusal { $0.pitch = nil } == .missing("pitch"))
        #expect(refusal { $0.horizontalFieldOfView = nil } == .missing("field of view"))
        #expect(refusal { $0.pitch = -9.9 } == .tooFlat(pitch: -9.9))
        #expect(refusal { $0.pitch = -10 } == nil)
        #expect(refusal { $0.relativeAltitude = -2 } == .notAirborne(heightMeters: -2))
        #expect(refusal(Point(x: 960, y: 0)) { $0.pitch = -12 } == .aboveHorizon)
        #expect(refusal { $0.latitude = .nan } != nil)
        #expect(refusal { $0.yaw = .infinity } != nil)
        let far = refusal(Point(x: 960, y: 350)) { $0.pitch = -12 }
        guard case .tooFar(let range, let height)? = far else {
            Issue.record("expected too far, got \(far as Any)")
            return
        }
        #expect(range > 640 && height == 80)
        #expect(far?.description.contains("too far") == true)
    }

    @Test("the radius factor for 90 % agrees with numeric integration")
    func factors() {
        for ratio in stride(from: 0.0, through: 1.0, by: 0.05) {
            var covariance = PlaneCovariance()
            covariance.add(north: 0.6, east: 0.8)
            covariance.add(north: -0.8 * ratio, east: 0.6 * ratio)
            let radius = covariance.circularError90
            // P(x² + y² <= r²) with x ~ N(0, 1), y ~ N(0, ratio), midpoint rule over x.
            let steps = 20_000
            var sum = 0.0
            for i in 0..<steps {
                let x = -radius + 2 * radius * (Double(i) + 0.5) / Double(steps)
                let y = max(0, radius * radius - x * x).squareRoot()
                let inner = ratio > 0 ? erf(y / ratio / 2.0.squareRoot()) : 1
                sum += exp(-x * x / 2) * inner
            }
            let probability = sum * 2 * radius / Double(steps) / (2 * .pi).squareRoot()
            #expect(abs(probability - 0.9) < 0.002, "axis ratio \(ratio)")
        }
    }
}
