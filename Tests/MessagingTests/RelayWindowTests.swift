import Testing

@testable import Messaging

@Suite struct RelayWindowTests {
    private func items(_ sequences: ClosedRange<UInt64>) -> [RelayItem] {
        sequences.map { RelayItem(sequence: $0, alertID: "\($0)", topic: "t", payload: "{}", attempts: 0) }
    }

    @Test func noMoreThanTheWindowIsUnderWay() {
        var window = RelayWindow(limit: 3)
        let fresh = window.read(items(1...3))
        #expect(fresh.count == 3)
        #expect(window.room == 0)
        let accepted = window.accepted(2)
        #expect(accepted?.sequence == 2)
        #expect(window.room == 1)
        #expect(window.toDelete == [2])
    }

    @Test func whatWasLostIsReadAgainAndNothingElse() {
        var window = RelayWindow(limit: 10)
        _ = window.read(items(1...6))
        _ = window.accepted(1)
        for sequence in UInt64(3)...6 { window.lost(sequence) }
        #expect(window.readThrough == 2)
        // 2 is still under way, 1 is accepted but not yet deleted.
        let again = window.read(items(1...7)).map(\.sequence)
        #expect(again == [3, 4, 5, 6, 7])
    }

    @Test func aRefusedItemWaitsLongerEachTimeWhileOthersGoOn() {
        var window = RelayWindow(limit: 2)
        _ = window.read(items(1...2))
        let first = window.refused(1, at: .zero)
        #expect(first?.1 == .seconds(1))
        #expect(window.room == 1)
        #expect(window.due(at: .milliseconds(999)) == [])
        #expect(window.due(at: .seconds(1)) == [1])
        window.retry(1, items(1...1)[0])
        #expect(window.room == 0)
        let second = window.refused(1, at: .seconds(1))
        #expect(second?.1 == .seconds(2))
        for _ in 0..<10 {
            window.retry(1, items(1...1)[0])
            _ = window.refused(1, at: .zero)
        }
        #expect(window.deferred[1]?.retryAt == .seconds(60))
        window.retry(1, items(1...1)[0])
        let accepted = window.accepted(1)
        #expect(accepted != nil)
        #expect(window.deferred.isEmpty)
    }

    @Test func aDeferredItemThatLeftTheQueueIsForgotten() {
        var window = RelayWindow()
        _ = window.read(items(1...1))
        _ = window.refused(1, at: .zero)
        window.retry(1, nil)
        #expect(window.deferred.isEmpty && window.inFlight.isEmpty)
    }

    @Test func nothingNewIsReadWhileTooMuchIsRefused() {
        var window = RelayWindow(limit: 2, deferredLimit: 2)
        _ = window.read(items(1...2))
        _ = window.refused(1, at: .zero)
        _ = window.refused(2, at: .zero)
        #expect(window.room == 0)
    }

    @Test func lateAnswersForUnknownItemsChangeNothing() {
        var window = RelayWindow()
        let accepted = window.accepted(5)
        let refused = window.refused(5, at: .zero)
        window.lost(5)
        #expect(accepted == nil && refused == nil)
        #expect(window.readThrough == 0 && window.toDelete.isEmpty && window.deferred.isEmpty)
    }
}
