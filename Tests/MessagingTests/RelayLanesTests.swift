import ShrikeCore
import Testing

@testable import Messaging

@Suite struct RelayLanesTests {
    private func items(_ sequences: ClosedRange<UInt64>) -> [RelayItem] {
        sequences.map { RelayItem(sequence: $0, alertID: "\($0)", topic: "t", payload: "{}", attempts: 0) }
    }

    @Test func aBacklogLeavesRoomForWhatIsDecidedNow() {
        var window = RelayWindow(limit: 20)
        window.split(after: 1000)
        #expect(window.lanes.map(\.unread?.lowerBound) == [RelayItem.firstAnnouncement, 1001, 1])
        #expect(window.read(items(1...16)).count == 16)
        #expect(window.room(in: 2) == 0)
        #expect(window.room(in: 1) == 4)
        #expect(window.read(items(1001...1004)).count == 4)
        #expect(window.room(in: 1) == 0)
        _ = window.accepted(1)
        #expect(window.room(in: 1) == 1 && window.room(in: 2) == 1)
    }

    @Test func whatIsLostIsReadAgainInItsOwnLane() {
        var window = RelayWindow(limit: 20)
        window.split(after: 10)
        _ = window.read(items(1...5))
        _ = window.read(items(11...13))
        window.lost(12)
        window.lost(3)
        #expect(window.lanes[1].unread?.lowerBound == 12)
        #expect(window.lanes[2].unread?.lowerBound == 3)
    }

    @Test func aBacklogEndsAndWhatComesDoesNot() {
        var window = RelayWindow(limit: 20)
        window.split(after: 10)
        window.exhausted(2)
        window.exhausted(1)
        #expect(window.lanes[2].unread == nil && window.room(in: 2) == 0)
        #expect(window.lanes[1].unread != nil && window.room(in: 1) == 20)
    }

    @Test func withoutReceiptNothingIsDeletedAndAllIsSentAgain() {
        var window = RelayWindow(limit: 4, awaitingLimit: 6)
        _ = window.read(items(1...4))
        for sequence in UInt64(1)...4 { _ = window.accepted(sequence, at: .zero) }
        #expect(window.toDelete.isEmpty && window.awaiting.count == 4)
        _ = window.read(items(5...6))
        for sequence in UInt64(5)...6 { _ = window.accepted(sequence, at: .zero) }
        #expect(window.room == 0, "as many wait as may")
        window.receipted(SequenceSet([1...3]), at: .seconds(1))
        #expect(window.awaiting.count == 3 && window.room == 4)
        #expect(window.expireAwaiting(at: .seconds(10)) == 0)
        #expect(window.expireAwaiting(at: .seconds(11)) == 3)
        #expect(window.readThrough == 3)
        let again = window.read(items(4...6)).map(\.sequence)
        #expect(again == [4, 5, 6])
        for sequence in again { _ = window.accepted(sequence, at: .seconds(11)) }
        #expect(window.expireAwaiting(at: .seconds(30)) == 0, "patience doubles")
        #expect(window.expireAwaiting(at: .seconds(31)) == 3)
    }

    @Test func aReceiptThatOvertakesTheBrokersAnswerCounts() {
        var window = RelayWindow(limit: 4, awaitingLimit: 6)
        _ = window.read(items(1...2))
        window.receipted(SequenceSet([1...1]), at: .zero)
        _ = window.accepted(1)
        _ = window.accepted(2)
        #expect(window.toDelete == [1] && Array(window.awaiting.keys) == [2])
    }

    @Test func aConsumerThatComesBackGetsWhatItMissed() {
        var window = RelayWindow(limit: 4, awaitingLimit: 6)
        _ = window.read(items(1...3))
        for sequence in UInt64(1)...3 { _ = window.accepted(sequence, at: .zero) }
        #expect(window.receipted(SequenceSet(), at: .seconds(1)) == 0, "it may just not have read them yet")
        #expect(window.receipted(SequenceSet(), at: .seconds(2)) == 3)
        #expect(window.readThrough == 0 && window.awaiting.isEmpty)
    }

    @Test func anAnnouncementWaitsUntilAllItSpeaksOfIsReceipted() {
        let gap = SequenceGap(
            id: String(repeating: "1", count: 32), stream: String(repeating: "2", count: 32),
            origin: StreamOrigin(site: "s", gateway: "g", bootID: "b"), time: Timestamp(microseconds: 0),
            timeQuality: .ntp, sequences: SequenceSet([3...4, 8...8]), counts: [.info: 3], reason: .bytes)
        let number = RelayItem.firstAnnouncement + 1
        var window = RelayWindow(limit: 4, awaitingLimit: 6)
        _ = window.read([
            RelayItem(sequence: number, alertID: gap.id, topic: "g", payload: gap.json.canonicalText, attempts: 0)
        ])
        _ = window.accepted(number)
        window.receipted(SequenceSet([1...4]), at: .zero)
        #expect(window.toDelete.isEmpty)
        window.receipted(SequenceSet([1...8]), at: .zero)
        #expect(window.toDelete == [number])
    }
}
