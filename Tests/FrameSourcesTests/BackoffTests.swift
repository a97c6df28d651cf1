import ShrikeCore
import Testing

@testable import FrameSources

struct BackoffTests {
    @Test func growsToTheLimitAndBeginsAnewAfterReset() {
        var backoff = Backoff(first: MediaTime(milliseconds: 1000), longest: MediaTime(milliseconds: 60_000), seed: 7)
        let delays = (0..<40).map { _ in backoff.next().seconds }
        #expect((0.8...1.2).contains(delays[0]))
        #expect(delays.allSatisfy { $0 <= 60 } && delays[39] >= 48)
        backoff.reset()
        #expect(backoff.next().seconds <= 1.2)
    }

    @Test func twoCamerasDoNotKeepStep() {
        var a = Backoff(first: MediaTime(milliseconds: 1000), longest: MediaTime(milliseconds: 60_000), seed: 1)
        var b = Backoff(first: MediaTime(milliseconds: 1000), longest: MediaTime(milliseconds: 60_000), seed: 99)
        #expect((0..<5).map { _ in a.next() } != (0..<5).map { _ in b.next() })
    }
}
