import Foundation
import ShrikeCore
import Testing

@testable import Outbox

@Suite struct QuotaTests {
    /// Promise B2, a fifth of its size: 1,000 alerts into a quota of about 200.
    @Test func overTheQuotaTheLowestGradeGoesFirstAndEveryNumberIsAccountedFor() async throws {
        let folder = try TemporaryFolder()
        let one = Int64(Alert.sample("x").json.canonicalText.utf8.count)
        let outbox = try Outbox(path: folder.database, options: .sample(bytes: 200 * one, journal: 100_000))
        let grades: [Grade] = [.info, .general, .critical, .info, .serious]
        var issued = 0
        for batch in 0..<10 {
            let entries = (0..<100).map { index -> OutboxBatch.Entry in
                let grade = grades[index % grades.count]
                return OutboxBatch.Entry(
                    alert: .sample("\(batch)-\(index)", grade: grade),
                    topic: "shrike/v1/s/g/alert/\(grade.rawValue)/cam")
            }
            issued += try await outbox.commit(OutboxBatch(source: "cam", entries: entries)).count
            #expect(try await outbox.waitingBytes() <= 200 * one)
        }
        #expect(issued == 1000)
        let rows = try await outbox.pending(limit: 10_000)
        #expect(rows.count > 180)
        // Two hundred critical alerts fill the quota by themselves: of the others none was kept in their place.
        #expect(rows.allSatisfy { $0.grade == .critical })
        let gaps = try await outbox.announcements()
        var dropped = 0
        for gap in gaps {
            let numbers = try #require(SequenceGap.read(gap)).sequences
            dropped += Int(numbers.count)
            #expect(gap["reason"]?.stringValue == "quota_bytes" && gap["exact"] == .bool(true))
            let grades = try #require(gap["by_grade"]?.objectValue)
            #expect(grades.values.compactMap(\.integerValue).reduce(0, +) == Int64(numbers.count))
        }
        #expect(dropped + rows.count == 1000)
        #expect(try await outbox.accounted().ranges == [1...1000])
        #expect(try await outbox.depth() == rows.count)
        #expect(try JournalReader(path: folder.database).verify().isIntact)
    }

    @Test func criticalAlertsGoLastAndThenTheOldest() async throws {
        let folder = try TemporaryFolder()
        let one = Int64(Alert.sample("x", grade: .critical).json.canonicalText.utf8.count)
        let outbox = try Outbox(path: folder.database, options: .sample(bytes: 10 * one + 100))
        try await outbox.commit(.alerts((0..<10).map { "c\($0)" }, grade: .critical))
        try await outbox.commit(.alerts(["i"], grade: .info))
        #expect(try await outbox.pending(limit: 20).map(\.sequence) == Array(1...10), "the new one is of a lower grade")
        try await outbox.commit(.alerts(["d"], grade: .critical))
        let left = try await outbox.pending(limit: 20).map(\.sequence)
        #expect(left.last == 12 && left.first ?? 0 > 1)
        #expect(try await outbox.accounted().ranges == [1...12])
    }

    @Test func whatMayHaveBeenSentIsAnnouncedAsSuch() async throws {
        let folder = try TemporaryFolder()
        let one = Int64(Alert.sample("x").json.canonicalText.utf8.count)
        let outbox = try Outbox(path: folder.database, options: .sample(bytes: 5 * one))
        try await outbox.commit(.alerts(["a", "b"]))
        try await outbox.markAttempted([1])
        try await outbox.commit(.alerts(["c", "d", "e", "f"]))
        #expect(try await outbox.announcements().map { $0["exact"] } == [.bool(false)])
    }

    @Test func withoutAnnouncementsNothingIsDropped() async throws {
        let folder = try TemporaryFolder()
        var options = OutboxOptions()
        options.quota.bytes = 1
        let outbox = try Outbox(path: folder.database, options: options)
        try await outbox.commit(.alerts(["a", "b"]))
        #expect(try await outbox.depth() == 2)
    }

    /// An alert is old by the time the gateway ran, not by its clock: a clock set forward by ten years drops nothing.
    @Test func aClockThatJumpsMakesNoAlertExpire() async throws {
        let folder = try TemporaryFolder()
        let now = Clock()
        let outbox = try Outbox(
            path: folder.database, options: .sample(seconds: 3600), clock: { now.time })
        try await outbox.commit(.alerts(["a"]))
        now.advance(seconds: 10 * 365 * 86_400)
        #expect(try await outbox.maintain(mayGrow: false).gaps == [])
        now.advance(seconds: -40 * 365 * 86_400)
        #expect(try await outbox.maintain(mayGrow: false).gaps == [])
        #expect(try await outbox.depth() == 1)
    }

    @Test func whatWaitedTooLongGoesAnnounced() async throws {
        let folder = try TemporaryFolder()
        do {
            let before = try Outbox(path: folder.database, options: .sample(seconds: 3600))
            try await before.commit(.alerts(["old", "older"], grade: .critical))
        }
        // As if the gateway had run for two hours since.
        try folder.change("UPDATE uptime SET seconds = 7200")
        let outbox = try Outbox(path: folder.database, options: .sample(seconds: 3600))
        try await outbox.commit(.alerts(["young"], grade: .info))
        let gaps = try await outbox.maintain(mayGrow: false).gaps
        #expect(gaps.map(\.reason) == [.age] && gaps.first?.counts == [.critical: 2])
        #expect(try await outbox.pending(limit: 5).map(\.sequence) == [3])
    }

    @Test func anAnnouncementIsARowOfItsOwnUntilDelivered() async throws {
        let folder = try TemporaryFolder()
        let one = Int64(Alert.sample("x").json.canonicalText.utf8.count)
        let outbox = try Outbox(path: folder.database, options: .sample(bytes: 2 * one))
        try await outbox.commit(.alerts(["a", "b", "c"]))
        let range = OutboxRow.firstAnnouncement...UInt64(Int64.max)
        let row = try #require(try await outbox.pending(in: range, limit: 5).first)
        #expect(row.topic == "shrike/v1/s/g/gap" && row.attempts == 0)
        try await outbox.markAttempted([row.sequence])
        #expect(try await outbox.pending(in: range, limit: 5).first?.attempts == 1)
        try await outbox.acknowledge([row.sequence])
        #expect(try await outbox.pending(in: range, limit: 5).isEmpty)
        #expect(try await outbox.position().oldest == outbox.pending(limit: 1).first?.sequence)
    }

    private final class Clock: @unchecked Sendable {
        // Proof: `value` is only touched under `lock`.
        private let lock = NSLock()
        private var value = Timestamp(microseconds: 1_700_000_000_000_000)

        var time: Timestamp { lock.withLock { value } }

        func advance(seconds: Int64) {
            lock.withLock { value = Timestamp(microseconds: value.microseconds + seconds * 1_000_000) }
        }
    }
}

extension JournalVerdict {
    var isIntact: Bool { if case .intact = self { true } else { false } }
}
