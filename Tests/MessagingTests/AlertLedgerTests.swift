import Messaging
import ShrikeCore
import Testing

@Suite struct AlertLedgerTests {
    private let name = String(repeating: "a", count: 32)

    private func filled(_ ranges: ClosedRange<UInt64>..., position: StreamPosition? = nil) -> AlertLedger {
        var ledger = AlertLedger()
        ledger.take(StreamPosition(stream: name, last: 0, oldest: 1))
        for sequence in ranges.joined() { _ = ledger.take(alert: sequence, stream: name) }
        if let position { ledger.take(position) }
        return ledger
    }

    @Test func aWholeStreamIsProved() {
        let ledger = filled(1...100, position: StreamPosition(stream: name, last: 100, oldest: 101))
        #expect(ledger.missing.isEmpty && ledger.outstanding.isEmpty)
        #expect(ledger.through == 100 && ledger.duplicates == 0)
    }

    @Test func aHoleIsMissingOnlyOnceTheGatewayHoldsItNoMore() {
        var ledger = filled(1...10, 12...20, position: StreamPosition(stream: name, last: 20, oldest: 11))
        #expect(ledger.missing.isEmpty && ledger.outstanding.ranges == [11...11])
        ledger.take(StreamPosition(stream: name, last: 20, oldest: 21))
        #expect(ledger.missing.ranges == [11...11] && ledger.outstanding.isEmpty)
        #expect(ledger.take(alert: 11, stream: name, isResend: true) == .new)
        #expect(ledger.missing.isEmpty && ledger.through == 20)
    }

    @Test func aLostEndIsFoundByThePosition() {
        let ledger = filled(1...10, position: StreamPosition(stream: name, last: 12, oldest: 13))
        #expect(ledger.missing.ranges == [11...12])
    }

    @Test func announcedNumbersCloseTheCountExactly() {
        var ledger = filled(1...4, 8...10, position: StreamPosition(stream: name, last: 10, oldest: 11))
        #expect(ledger.missing.ranges == [5...7])
        ledger.take(gap: SequenceSet([5...6]), stream: name)
        #expect(ledger.missing.ranges == [7...7])
        ledger.take(gap: SequenceSet([7...7]), stream: name)
        #expect(ledger.missing.isEmpty && ledger.through == 10)
    }

    @Test func copiesAreToldAndUnmarkedOnesCounted() {
        var ledger = filled(1...3)
        #expect(ledger.take(alert: 2, stream: name, isResend: true) == .duplicate)
        #expect(ledger.take(alert: 2, stream: name) == .duplicate)
        #expect((ledger.duplicates, ledger.unmarkedDuplicates) == (2, 1))
    }

    @Test func theAccountBeginsWhereTheGatewayStood() {
        var late = AlertLedger()
        // A live alert overtakes a backlog that began at 401: all of it must still come.
        #expect(late.take(alert: 900, stream: name, oldest: 401) == .new)
        #expect(late.base == 400)
        late.take(StreamPosition(stream: name, last: 900, oldest: 901))
        #expect(late.missing.ranges == [401...899])
        // Announcements of long before do not begin an account.
        var early = AlertLedger()
        early.take(gap: SequenceSet([1...50]), stream: name)
        _ = early.take(alert: 80, stream: name, oldest: 80)
        early.take(StreamPosition(stream: name, last: 80, oldest: 81))
        #expect(early.missing.isEmpty && early.base == 79)
    }

    @Test func anotherNumberingIsNoticedAndBeginsAnew() {
        var ledger = filled(1...500)
        let other = String(repeating: "b", count: 32)
        #expect(ledger.take(alert: 1, stream: other, oldest: 1) == .new)
        #expect(ledger.restarts == 1 && ledger.through == 1)
        ledger.take(gap: SequenceSet([2...3]), stream: name)
        #expect(ledger.announced.isEmpty, "of the former numbering")
    }

    @Test func theReceiptSaysExactlyWhatArrived() throws {
        var ledger = filled(1...10, 21...30)
        ledger.take(gap: SequenceSet([11...12]), stream: name)
        let receipt = ledger.receipt(consumer: "desk")
        #expect(receipt.through == 12 && receipt.beyond.ranges == [21...30] && receipt.stream == name)
        #expect(DeliveryReceipt(receipt.json) == receipt)
        #expect(AlertLedger(json: ledger.json) == ledger)
    }

    /// Whatever is lost on the way, in whatever order the rest comes and however often: the account finds exactly the lost.
    @Test func randomStreamsAreAccountedForExactly() {
        var state: UInt64 = 99
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        for _ in 0..<200 {
            let last = 1 + random(80)
            var lost: Set<UInt64> = []
            var messages: [(UInt64, isGap: Bool)] = []
            for sequence in 1...UInt64(last) {
                switch random(10) {
                case 0: lost.insert(sequence)
                case 1: messages.append((sequence, true))
                default: for _ in 0...random(2) { messages.append((sequence, false)) }
                }
            }
            for index in messages.indices.dropLast() { messages.swapAt(index, index + random(messages.count - index)) }
            var ledger = filled()
            for (sequence, isGap) in messages {
                if isGap {
                    ledger.take(gap: SequenceSet([sequence...sequence]), stream: name)
                } else {
                    _ = ledger.take(alert: sequence, stream: name)
                }
            }
            ledger.take(StreamPosition(stream: name, last: UInt64(last), oldest: UInt64(last) + 1))
            #expect(Set(ledger.missing.ranges.flatMap { Array($0) }) == lost)
        }
    }
}
