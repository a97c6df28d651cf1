import Foundation
import Kernels
import ShrikeCore
import Testing

@testable import SyntheticFootage

struct SolarFlightTests {
    @Test func theSameSeedGivesTheSameFootage() throws {
        let (a, b) = (try SolarFlight(seed: 7, seconds: 2), try SolarFlight(seed: 7, seconds: 2))
        var (first, second) = (ValuePlane(width: 640, height: 512), ValuePlane(width: 640, height: 512))
        a.render(frame: 9, at: 0.6, into: &first)
        b.render(frame: 9, at: 0.6, into: &second)
        #expect(first == second)
        #expect(a.defects == b.defects)
        let other = try SolarFlight(seed: 8, seconds: 2)
        other.render(frame: 9, at: 0.6, into: &second)
        #expect(first != second)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func everyDefectIsWarmerThanItsSurroundingsWhereTheTruthSaysItIs(seed: UInt64) throws {
        let flight = try SolarFlight(seed: seed, seconds: 6)
        var view = ValuePlane(width: 640, height: 512)
        var checked = 0
        for frame in stride(from: 0, to: 90, by: 15) {
            let time = Double(frame) / 15
            flight.render(frame: frame, at: time, into: &view)
            let module = flight.ground.field.temperatures.module
            for seen in flight.observations(frame: frame, at: time) where seen.visible > 0.99 {
                let center = seen.box.center
                let value = Double(view.values[Int(center.y) * 640 + Int(center.x)])
                let rise = try #require(flight.defects[seen.defectID - 1].deltaKelvin)
                #expect(value > module + 0.35 * rise, "defect \(seen.defectID) in frame \(frame)")
                checked += 1
            }
        }
        #expect(checked > 5)
    }

    /// The formula of pixel to ground as users of the telemetry apply it, from the rounded numbers of the side-car.
    @Test func telemetryLeadsFromPixelsToTheDefectsPlace() throws {
        let flight = try SolarFlight(seed: 5, seconds: 6)
        var checked = 0
        for frame in stride(from: 0, to: 90, by: 10) {
            let time = Double(frame) / 15
            let pose = flight.telemetry(at: time)
            for seen in flight.observations(frame: frame, at: time) where seen.visible > 0.99 {
                let focal = 320 / tan(atan(36 / 2 / SolarFlight.focalLength))
                let (x0, y0) = ((seen.box.center.x - 320) / focal, (seen.box.center.y - 256) / focal)
                let (pitch, yaw, roll) = (
                    rounded(pose.gimbalPitch) * .pi / 180, rounded(pose.gimbalYaw) * .pi / 180,
                    rounded(pose.gimbalRoll) * .pi / 180
                )
                let (x, y) = (x0 * cos(roll) - y0 * sin(roll), x0 * sin(roll) + y0 * cos(roll))
                let t = pose.relativeAltitude / (y * cos(pitch) - sin(pitch))
                let (forward, right) = (t * (cos(pitch) + y * sin(pitch)), t * x)
                let north = forward * cos(yaw) - right * sin(yaw)
                let east = forward * sin(yaw) + right * cos(yaw)
                let defect = flight.defects[seen.defectID - 1]
                let (latitude, longitude) = (try #require(defect.latitude), try #require(defect.longitude))
                let offNorth = (latitude - pose.latitude) * 111_000 - north
                let offEast = (longitude - pose.longitude) * 111_320 * cos(latitude * .pi / 180) - east
                #expect(hypot(offNorth, offEast) < 0.25)
                checked += 1
            }
        }
        #expect(checked > 5)
    }

    private func rounded(_ degrees: Double) -> Double { (degrees * 10).rounded() / 10 }
}
