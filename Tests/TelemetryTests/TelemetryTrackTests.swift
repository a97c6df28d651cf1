import Foundation
import ShrikeCore
import Telemetry
import Testing

@Suite("Pose over time")
struct TelemetryTrackTests {
    func track(_ poses: [(ms: Int64, Pose)]) -> TelemetryTrack {
        TelemetryTrack(
            file: "t", samples: poses.map { TelemetrySample(mediaTime: MediaTime(milliseconds: $0.ms), pose: $0.1) })
    }

    @Test("between samples everything is linear, angles go the short way round")
    func interpolation() throws {
        let track = track([
            (0, Pose(latitude: 10, longitude: 179.9999, relativeAltitude: 10, yaw: 170, pitch: -30)),
            (1000, Pose(latitude: 10.001, longitude: -179.9999, relativeAltitude: 20, yaw: -170, pitch: -50)),
        ])
        let pose = try #require(track.pose(at: MediaTime(milliseconds: 250)))
        #expect(abs((pose.latitude ?? 0) - 10.00025) < 1e-9)
        #expect(abs((pose.longitude ?? 0) - 179.99995) < 1e-9)
        #expect(pose.relativeAltitude == 12.5)
        #expect(abs((pose.yaw ?? 0) - 175) < 1e-9)
        #expect(pose.pitch == -35)
        #expect(pose.sampleOffsetMilliseconds == 250)
        let later = try #require(track.pose(at: MediaTime(milliseconds: 750)))
        #expect(abs((later.yaw ?? 0) + 175) < 1e-9)
        #expect(abs((later.longitude ?? 0) + 179.99995) < 1e-9)
    }

    @Test("far from any sample there is no pose; past the ends the last one is held for the stated gap")
    func gaps() {
        let track = track([(1000, Pose(latitude: 1, longitude: 1)), (20_000, Pose(latitude: 2, longitude: 2))])
        let gap = MediaTime(milliseconds: 500)
        #expect(track.pose(at: MediaTime(milliseconds: 499), maximumGap: gap) == nil)
        #expect(track.pose(at: MediaTime(milliseconds: 500), maximumGap: gap)?.latitude == 1)
        #expect(track.pose(at: MediaTime(milliseconds: 10_000), maximumGap: gap) == nil)
        // A hole is no flight: the nearer sample is held, not blended.
        #expect(track.pose(at: MediaTime(milliseconds: 1400), maximumGap: gap)?.latitude == 1)
        #expect(track.pose(at: MediaTime(milliseconds: 20_500), maximumGap: gap)?.latitude == 2)
        #expect(track.pose(at: MediaTime(milliseconds: 20_501), maximumGap: gap) == nil)
    }

    @Test("a logger that writes every four seconds gives poses between its samples, and less sure ones")
    func sparse() throws {
        let track = track(
            (0..<8).map { ($0 * 4000, Pose(latitude: 47 + Double($0) * 1e-4, longitude: 8, relativeAltitude: 40)) })
        #expect(track.usualGap == MediaTime(seconds: 3))
        let pose = try #require(track.pose(at: MediaTime(seconds: 2)))
        #expect(abs((pose.latitude ?? 0) - 47.00005) < 1e-9)
        #expect(track.pose(at: MediaTime(seconds: 31.5)) == nil)
        #expect(PoseUncertainty(positionMeters: 2).withGap(of: pose).positionMeters == hypot(2, 2))
        #expect(track.rate(at: MediaTime(seconds: 10)) != nil)
    }

    @Test("a few samples far apart are no habit of a logger")
    func fewSamples() {
        let track = track([(0, Pose(latitude: 1, longitude: 1)), (20_000, Pose(latitude: 2, longitude: 2))])
        #expect(track.usualGap == MediaTime(milliseconds: 1500))
        #expect(track.pose(at: MediaTime(seconds: 10)) == nil)
    }

    @Test("by the clock, times count from 1970 and undated samples are left out")
    func byClock() throws {
        let start = try #require(Timestamp(rfc3339: "2026-05-01T09:30:00Z"))
        let track = TelemetryTrack(
            file: "t",
            samples: [
                TelemetrySample(mediaTime: .zero, localTime: start, pose: Pose(latitude: 1, longitude: 2)),
                TelemetrySample(mediaTime: MediaTime(seconds: 1), pose: Pose(latitude: 3, longitude: 4)),
            ])
        let byClock = try #require(track.byClock(offset: MediaTime(seconds: 10)))
        #expect(byClock.samples.map(\.mediaTime.microseconds) == [start.microseconds + 10_000_000])
        #expect(track.shifted(by: .zero).samples.count == 2)
        #expect(TelemetryTrack(file: "u", samples: [TelemetrySample(mediaTime: .zero)]).byClock() == nil)
    }

    @Test("a place is never mixed from a sample with a fix and one without")
    func halfFix() {
        let track = track([(0, Pose(pitch: -90)), (100, Pose(latitude: 5, longitude: 6, pitch: -80))])
        #expect(track.pose(at: MediaTime(milliseconds: 40))?.latitude == nil)
        #expect(track.pose(at: MediaTime(milliseconds: 60))?.latitude == 5)
        #expect(track.pose(at: MediaTime(milliseconds: 60))?.longitude == 6)
    }

    @Test("samples are sorted, and equal times keep the order of the file")
    func sorting() {
        let track = track([(200, Pose(yaw: 3)), (100, Pose(yaw: 1)), (100, Pose(yaw: 2))])
        #expect(track.samples.map(\.pose.yaw) == [1, 2, 3])
        #expect(track.pose(at: MediaTime(milliseconds: 100)) != nil)
    }

    @Test("camera time becomes UTC by the caller's offset")
    func clock() {
        let local = Timestamp(rfc3339: "2022-08-07T13:40:40.500Z")
        let track = TelemetryTrack(
            file: "t",
            samples: [
                TelemetrySample(mediaTime: MediaTime(milliseconds: 500), localTime: local),
                TelemetrySample(
                    mediaTime: MediaTime(milliseconds: 1500), localTime: local?.advanced(by: .init(milliseconds: 1000))),
            ])
        let offset = MediaTime(seconds: -7200)
        #expect(track.captureStart(clockOffset: offset)?.time.rfc3339 == "2022-08-07T11:40:40.000Z")
        #expect(track.captureStart()?.quality == .file)
        #expect(
            track.captureTime(at: MediaTime(milliseconds: 1750), clockOffset: offset)?.time.rfc3339
                == "2022-08-07T11:40:41.750Z")
        #expect(track.captureTime(at: MediaTime(seconds: 3600)) == nil)
    }

    @Test("the rate of change is meters and degrees per second")
    func rate() throws {
        let track = track([
            (0, Pose(latitude: 0, longitude: 0, relativeAltitude: 50, yaw: 179)),
            (1000, Pose(latitude: 0.0001, longitude: 0, relativeAltitude: 48, yaw: -171)),
        ])
        let rate = try #require(track.rate(at: MediaTime(milliseconds: 500)))
        #expect(abs(rate.north - 11.0574) < 0.01 && abs(rate.east) < 1e-9)
        #expect(rate.up == -2)
        #expect(abs(rate.yaw - 10) < 1e-9)
    }

    @Test("four digits of a coordinate are steps of 11 m")
    func rounding() {
        var track = track([(0, Pose())])
        #expect(track.roundingErrorMeters == 0)
        track.coordinateDecimals = 4
        #expect(abs(track.roundingErrorMeters - 3.2135) < 1e-3)
        #expect(abs(PoseUncertainty(positionMeters: 2).withRounding(of: track).positionMeters - 3.785) < 1e-3)
    }
}
