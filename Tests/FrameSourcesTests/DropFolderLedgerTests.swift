import Testing

@testable import FrameSources

struct DropFolderLedgerTests {
    private typealias Entry = DropFolderLedger.Entry
    private var ledger = DropFolderLedger(quietSeconds: 2)

    private func entry(_ name: String, _ size: Int64 = 10, _ modified: Int64 = 1) -> Entry {
        Entry(name: name, size: size, modified: modified)
    }

    @Test mutating func aFileIsCompleteWhenItRestsAndOnlyOnce() {
        #expect(ledger.complete(in: [entry("a.jpg")], at: 0) == [])
        #expect(ledger.complete(in: [entry("a.jpg", 20, 2)], at: 1.5) == [])
        #expect(ledger.complete(in: [entry("a.jpg", 20, 2)], at: 3.4) == [])
        #expect(ledger.complete(in: [entry("a.jpg", 20, 2)], at: 3.5) == ["a.jpg"])
        #expect(ledger.complete(in: [entry("a.jpg", 20, 2)], at: 9) == [])
        #expect(ledger.complete(in: [entry("a.jpg", 30, 3)], at: 10) == [], "written again: waited for again")
        #expect(ledger.complete(in: [entry("a.jpg", 30, 3)], at: 12) == ["a.jpg"])
    }

    @Test mutating func aClosedFileIsCompleteAtOnce() {
        ledger.isBeingWritten("b.jpg", at: 0)
        ledger.isClosed("b.jpg", at: 0.1)
        #expect(ledger.complete(in: [entry("b.jpg")], at: 0.1) == ["b.jpg"])
        #expect(ledger.complete(in: [entry("b.jpg")], at: 0.2) == [])
    }

    @Test mutating func aPausingWriterIsWaitedFor() {
        ledger.isBeingWritten("c.jpg", at: 0)
        #expect(ledger.complete(in: [entry("c.jpg")], at: 5) == [])
        #expect(ledger.complete(in: [entry("c.jpg")], at: 19) == [])
        #expect(ledger.complete(in: [entry("c.jpg")], at: 21) == ["c.jpg"], "not waited for forever")
    }

    @Test mutating func partialHiddenAndEmptyFilesNeverCount() {
        let listing = [entry(".x.jpg"), entry("y.part"), entry("z.TMP"), entry("w~"), entry("empty.jpg", 0)]
        #expect(ledger.complete(in: listing, at: 0) == [])
        #expect(ledger.complete(in: listing, at: 100) == [])
    }

    @Test mutating func filesThatRestTogetherComeInNaturalOrder() {
        let listing = [entry("10.jpg"), entry("9.jpg")]
        _ = ledger.complete(in: listing, at: 0)
        #expect(ledger.complete(in: listing, at: 3) == ["9.jpg", "10.jpg"])
    }

    @Test func damagedNoticesAreRead() {
        for count in 0..<40 { #expect(FolderNotices.parse(ArraySlice([UInt8](repeating: 255, count: count))) == []) }
    }
}
