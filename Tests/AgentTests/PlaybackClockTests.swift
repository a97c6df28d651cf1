import Testing

@testable import Agent

struct PlaybackClockTests {
    /// Media times let through within so many seconds on the clock, with frames every 0.1 s.
    private func run(_ clock: inout PlaybackClock, from first: Int, now: inout Double, seconds: Double) -> [Int] {
        var passed: [Int] = []
        let end = now + seconds
        while now < end {
            if clock.delay(of: Double(first + passed.count) / 10, now: now) == nil {
                passed.append(first + passed.count)
            } else {
                now += 0.01
            }
        }
        return passed
    }

    @Test(arguments: [1.0, 4.0, 0.5])
    func `frames pass at the speed asked for`(_ speed: Double) {
        var clock = PlaybackClock(speed: speed)
        var now = 100.0
        let count = run(&clock, from: 0, now: &now, seconds: 2).count
        #expect(abs(Double(count) - 20 * speed) <= 2)
    }

    @Test func `a pause holds frames, a step lets one through, going on is at the old pace`() {
        var clock = PlaybackClock(speed: 1)
        var now = 0.0
        #expect(clock.delay(of: 0, now: now) == nil)
        clock.togglePause(now: now)
        now = 60
        #expect(clock.delay(of: 0.1, now: now) != nil)
        clock.step(now: now)
        #expect(clock.delay(of: 0.1, now: now) == nil)
        #expect(clock.delay(of: 0.2, now: now) != nil)
        clock.togglePause(now: now)
        #expect(clock.delay(of: 0.2, now: now) != nil)
        #expect(clock.delay(of: 0.2, now: now + 0.11) == nil)
    }

    @Test func `seeking forward lets frames through without waiting`() {
        var clock = PlaybackClock(speed: 1)
        var now = 0.0
        #expect(clock.delay(of: 0, now: now) == nil)
        clock.seek(by: 5, now: now)
        now += 0.001
        for frame in 1...50 { #expect(clock.delay(of: Double(frame) / 10, now: now) == nil) }
        #expect(clock.delay(of: 5.2, now: now) != nil)
    }

    @Test func `seeking back holds the next frame until the clock is there again, not before the start`() {
        var clock = PlaybackClock(speed: 1)
        #expect(clock.delay(of: 10, now: 0) == nil)
        #expect(clock.delay(of: 12, now: 2) == nil)
        clock.seek(by: -5, now: 2)
        #expect(clock.position(now: 2) == 10)
        #expect(clock.delay(of: 12.1, now: 4) != nil)
        #expect(clock.delay(of: 12.1, now: 4.2) == nil)
    }

    @Test func `as fast as it goes never waits unless paused`() {
        var clock = PlaybackClock(speed: nil)
        for frame in 0..<100 { #expect(clock.delay(of: Double(frame), now: 0) == nil) }
        #expect(clock.position(now: 0) == 99)
        clock.togglePause(now: 0)
        #expect(clock.delay(of: 100, now: 1e6) != nil)
    }

    @Test func `other footage begins at once`() {
        var clock = PlaybackClock(speed: 1)
        #expect(clock.delay(of: 1000, now: 0) == nil)
        clock.begin()
        #expect(clock.delay(of: 0, now: 1) == nil)
        #expect(clock.delay(of: 1, now: 1.5) != nil)
    }
}
