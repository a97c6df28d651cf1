import Foundation
import Glibc
import ShrikeCore
import Testing

@testable import Outbox

@Suite struct OutboxTests {
    @Test func numbersAreGaplessFromOneAndSurviveReopening() async throws {
        let folder = try TemporaryFolder()
        do {
            let outbox = try Outbox(path: folder.database)
            #expect(try await outbox.lastSequence() == 0)
            let stored = try await outbox.commit(.alerts(["a", "b", "c"]))
            #expect(stored.map(\.sequence) == [1, 2, 3])
        }
        let outbox = try Outbox(path: folder.database)
        #expect(try await outbox.commit(.alerts(["d"])).map(\.sequence) == [4])
        let rows = try await outbox.pending(limit: 10)
        #expect(rows.map(\.sequence) == [1, 2, 3, 4])
        #expect(rows.map(\.alertID) == ["a", "b", "c", "d"].map(Alert.id))
        #expect(try await outbox.lastSequence() == 4)
    }

    @Test func anAlertIssuedBeforeIsIgnoredAndTakesNoNumberEvenAfterItsRowIsGone() async throws {
        let folder = try TemporaryFolder()
        do {
            let outbox = try Outbox(path: folder.database)
            try await outbox.commit(.alerts(["a", "b"]))
            try await outbox.acknowledge([1, 2])
            #expect(try await outbox.depth() == 0)
        }
        let outbox = try Outbox(path: folder.database)
        let stored = try await outbox.commit(.alerts(["b", "c", "a", "c", "d"]))
        #expect(stored.map(\.alertID) == ["c", "d"].map(Alert.id))
        #expect(stored.map(\.sequence) == [3, 4])
        #expect(try await outbox.pending(limit: 10).map(\.alertID) == ["c", "d"].map(Alert.id))
    }

    @Test func theStoredPayloadIsTheCanonicalDocumentWithItsNumber() async throws {
        let folder = try TemporaryFolder()
        let outbox = try Outbox(path: folder.database, clock: { Timestamp(microseconds: 5_000_000) })
        let stored = try await outbox.commit(.alerts(["a"], grade: .critical))
        let row = try #require(try await outbox.pending(limit: 1).first)
        #expect(row.payload == stored.first?.json.canonicalText)
        #expect(row.payload.contains("\"seq\":1,"))
        #expect(row.grade == .critical)
        #expect(row.topic == "shrike/v1/s/g/alert/critical/cam")
        #expect(row.createdAt == Timestamp(microseconds: 5_000_000))
        #expect(row.attempts == 0)
    }

    @Test func cursorSnapshotAndFileMarksComeBackAsStored() async throws {
        let folder = try TemporaryFolder()
        let cursor = FrameCursor(origin: "o1", frameIndex: 41, mediaTime: MediaTime(milliseconds: 1640))
        do {
            let outbox = try Outbox(path: folder.database)
            #expect(try await outbox.progress(source: "cam") == nil)
            try await outbox.commit(
                OutboxBatch(
                    source: "cam", progress: .init(cursor: cursor, snapshot: Data([0, 1, 255])),
                    processedFiles: ["sha256:aa"]))
        }
        let outbox = try Outbox(path: folder.database)
        #expect(
            try await outbox.progress(source: "cam")
                == OutboxBatch.Progress(cursor: cursor, snapshot: Data([0, 1, 255])))
        #expect(try await outbox.progress(source: "other") == nil)
        #expect(try await outbox.isProcessed("sha256:aa", source: "cam"))
        #expect(try await !outbox.isProcessed("sha256:aa", source: "other"))
        #expect(try await !outbox.isProcessed("sha256:bb", source: "cam"))
        let end = FrameCursor(origin: "o2", frameIndex: 9, mediaTime: .zero, isComplete: true)
        try await outbox.commit(OutboxBatch(source: "cam", progress: .init(cursor: end)))
        #expect(try await outbox.progress(source: "cam") == OutboxBatch.Progress(cursor: end))
    }

    @Test func aBatchIsStoredWholeOrNotAtAll() async throws {
        let folder = try TemporaryFolder()
        let outbox = try Outbox(path: folder.database)
        try await outbox.commit(.alerts(["a"]))
        var batch = OutboxBatch.alerts(["b", "c"])
        // The schema refuses an empty topic: the failure comes after the first alert was inserted.
        batch.entries[1].topic = ""
        batch.progress = .init(cursor: FrameCursor(origin: "o", frameIndex: 1, mediaTime: .zero))
        batch.processedFiles = ["f"]
        await #expect(throws: OutboxError.self) { try await outbox.commit(batch) }
        #expect(try await outbox.depth() == 1)
        #expect(try await outbox.lastSequence() == 1)
        #expect(try await outbox.progress(source: "cam") == nil)
        #expect(try await !outbox.isProcessed("f", source: "cam"))
        batch.entries[1].topic = "t"
        #expect(try await outbox.commit(batch).map(\.sequence) == [2, 3])
    }

    @Test func attemptsAreCountedAndPagesFollowTheNumbers() async throws {
        let folder = try TemporaryFolder()
        let outbox = try Outbox(path: folder.database)
        try await outbox.commit(.alerts((0..<30).map(String.init)))
        try await outbox.markAttempted([2, 3])
        try await outbox.markAttempted([3])
        #expect(try await outbox.pending(limit: 4).map(\.attempts) == [0, 1, 2, 0])
        #expect(try await outbox.pending(after: 28, limit: 10).map(\.sequence) == [29, 30])
        try await outbox.acknowledge([1, 3])
        #expect(try await outbox.pending(limit: 2).map(\.sequence) == [2, 4])
        #expect(try await outbox.depth() == 28)
    }

    @Test func theAgeOfTheOldestRowIsNeverNegative() async throws {
        let folder = try TemporaryFolder()
        let outbox = try Outbox(path: folder.database, clock: { Timestamp(microseconds: 10_000_000) })
        #expect(try await outbox.oldestAge(now: Timestamp(microseconds: 0)) == nil)
        try await outbox.commit(.alerts(["a"]))
        #expect(try await outbox.oldestAge(now: Timestamp(microseconds: 13_000_000)) == MediaTime(milliseconds: 3000))
        #expect(try await outbox.oldestAge(now: Timestamp(microseconds: 0)) == .zero)
    }

    @Test func everyListenerIsWokenByNewAlertsOnly() async throws {
        let folder = try TemporaryFolder()
        let outbox = try Outbox(path: folder.database)
        var first = outbox.wakeups.makeAsyncIterator()
        var second = outbox.wakeups.makeAsyncIterator()
        try await outbox.commit(.alerts(["a"]))
        #expect(await first.next() != nil)
        #expect(await second.next() != nil)
    }

    @Test func oldIDsAndFilesAreForgottenButNeverIDsStillWaiting() async throws {
        let folder = try TemporaryFolder()
        let writing = OutboxWriting(rememberedIDs: 20, rememberedFiles: 20, pruneInterval: 8)
        let outbox = try Outbox(path: folder.database, clock: Outbox.systemTime, writing: writing)
        for start in stride(from: 0, to: 60, by: 10) {
            let names = (start..<start + 10).map { "n\($0)" }
            var batch = OutboxBatch.alerts(names)
            batch.processedFiles = names
            try await outbox.commit(batch)
            if start == 0 { try await outbox.acknowledge(Array(2...10)) }
        }
        // n0 still waits, n1 is acknowledged and long ago, n59 is recent.
        let stored = try await outbox.commit(.alerts(["n0", "n1", "n59"]))
        #expect(stored.map(\.alertID) == [Alert.id("n1")])
        #expect(try await !outbox.isProcessed("n1", source: "cam"))
        #expect(try await outbox.isProcessed("n59", source: "cam"))
    }

    @Test func aSecondOwnerIsToldWhoHoldsTheOutbox() async throws {
        let folder = try TemporaryFolder()
        let outbox = try Outbox(path: folder.database)
        let error = #expect(throws: OutboxError.self) { _ = try Outbox(path: folder.database) }
        #expect(error?.kind == .inUse)
        #expect(error?.description.contains("pid \(getpid())") == true)
        #expect(try await outbox.depth() == 0)
    }

    @Test func aDamagedFileIsOneClearError() async throws {
        let folder = try TemporaryFolder()
        try Data(repeating: 0x5A, count: 8192).write(to: URL(filePath: folder.database))
        let error = #expect(throws: OutboxError.self) { _ = try Outbox(path: folder.database) }
        #expect(error?.kind == .corrupt)
        #expect(error?.description.contains(folder.database) == true)
    }

    @Test func damageInTheMiddleIsFoundAtTheStart() async throws {
        let folder = try TemporaryFolder()
        do {
            let outbox = try Outbox(path: folder.database)
            try await outbox.commit(.alerts((0..<500).map(String.init)))
        }
        let handle = try FileHandle(forUpdating: URL(filePath: folder.database))
        let size = try handle.seekToEnd()
        for page in stride(from: UInt64(4096), to: size, by: 4096) {
            try handle.seek(toOffset: page)
            handle.write(Data(repeating: 0xEE, count: 64))
        }
        try handle.close()
        let error = #expect(throws: OutboxError.self) { _ = try Outbox(path: folder.database) }
        #expect(error?.kind == .corrupt)
    }

    @Test func aMissingFolderAndANewerFormatAreToldApart() async throws {
        let folder = try TemporaryFolder()
        let missing = #expect(throws: OutboxError.self) { _ = try Outbox(path: folder.path + "/no/such/outbox.db") }
        #expect(missing?.kind == .unwritable)
        do { _ = try Outbox(path: folder.database) }
        let script =
            "import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); "
            + "d.execute(\"INSERT INTO grdb_migrations VALUES ('99: from the future')\"); d.commit(); d.close()"
        let python = try Process.run(URL(filePath: "/usr/bin/python3"), arguments: ["-c", script, folder.database])
        python.waitUntilExit()
        try #require(python.terminationStatus == 0)
        let newer = #expect(throws: OutboxError.self) { _ = try Outbox(path: folder.database) }
        #expect(newer?.kind == .newerFormat)
    }

    @Test(.enabled(if: geteuid() == 0, "mounting a small file system needs root"))
    func aFullDiskIsOneClearErrorAndLosesNothing() async throws {
        let folder = try TemporaryFolder()
        let disk = folder.path + "/small"
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        guard mount("tmpfs", disk, "tmpfs", 0, "size=1m") == 0 else {
            try Test.cancel("this system does not let root mount a tmpfs")
        }
        defer { umount2(disk, CInt(MNT_DETACH)) }
        let outbox = try Outbox(path: disk + "/outbox.db")
        var committed = 0
        var failure: OutboxError?
        while failure == nil, committed < 10_000 {
            do {
                committed += try await outbox.commit(.alerts((0..<10).map { "\(committed)-\($0)" })).count
            } catch {
                failure = error
            }
        }
        #expect(failure?.kind == .diskFull)
        #expect(failure?.description.contains("free space") == true)
        #expect(committed > 0)
        #expect(try await outbox.depth() == committed)
        #expect(try await outbox.lastSequence() == UInt64(committed))
        // Room again, without a restart.
        #expect(mount("tmpfs", disk, "tmpfs", UInt(MS_REMOUNT), "size=4m") == 0)
        #expect(try await outbox.commit(.alerts(["after"])).map(\.sequence) == [UInt64(committed) + 1])
    }
}
