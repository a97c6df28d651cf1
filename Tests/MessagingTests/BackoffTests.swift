import Testing

@testable import Messaging

@Suite struct BackoffTests {
    @Test func theCeilingDoublesToTheLimitAndStartsAgainAfterASuccess() {
        var backoff = Backoff(minimum: .milliseconds(100), maximum: .seconds(60))
        let delays = (0..<12).map { _ in backoff.next(jitter: 1) }
        #expect(delays.first == .milliseconds(200))
        #expect(delays[1] == .milliseconds(400))
        #expect(delays.last == .seconds(60))
        backoff.reset()
        let again = backoff.next(jitter: 1)
        #expect(again == .milliseconds(200))
    }

    @Test func jitterSpreadsTheDelayDownToTheMinimum() {
        var backoff = Backoff(minimum: .milliseconds(100), maximum: .seconds(60))
        let shortest = (0..<12).map { _ in backoff.next(jitter: 0) }
        #expect(shortest.allSatisfy { $0 == .milliseconds(100) })
        let later = [0.5, 7].map { backoff.next(jitter: $0) }
        #expect(later == [.seconds(30), .seconds(60)])
    }
}
