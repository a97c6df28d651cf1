import ShrikeCore
import Testing

@testable import FrameSources

struct MediaClockTests {
    private func times(_ positions: [Int64?], rate: Double) -> [Int64] {
        var clock = MediaClock(framesPerSecond: rate)
        return positions.map { clock.advance(to: $0.map { MediaTime(milliseconds: $0) }).milliseconds }
    }

    @Test func followsTheContainerWhereItRises() {
        #expect(times([0, 40, 90, 200], rate: 25) == [0, 40, 90, 200])
    }

    @Test func countsOnWhereTheContainerStandsStillFallsOrLeaps() {
        #expect(times([0, 0, 0, 0], rate: 10) == [0, 100, 200, 300])
        #expect(times([0, 100, 50, 9_000_000, nil], rate: 10) == [0, 100, 200, 300, 400])
        #expect(times([-80, -40, 40], rate: 25) == [0, 40, 80])
    }

    @Test(arguments: [0, -5, .nan, .infinity, 1e300])
    func anyFrameRateIsSafe(_ rate: Double) {
        let found = times([nil, nil, nil], rate: rate)
        #expect(found == found.sorted() && found[0] == 0)
    }

    @Test func stillsTakeTheirCaptureTimesAndAlwaysRise() {
        var clock = StillClock()
        let seconds: [Int64?] = [100, 103, 103, nil, 90, 110]
        let times = seconds.map { clock.advance(to: $0.map { Timestamp(microseconds: $0 * 1_000_000) }).milliseconds }
        #expect(times == [0, 3000, 3001, 4001, 4002, 10_000])
    }
}
