import Foundation
import Glibc
import ShrikeCore
import Testing

@testable import Outbox

@Suite struct SalvageTests {
    private static let names = (0..<600).map(String.init)

    /// A database with 600 alerts, of which the first hundred were delivered, and progress of one source.
    private func filled(_ folder: TemporaryFolder, journal: Int? = 10_000) async throws -> String {
        let outbox = try Outbox(path: folder.database, options: .sample(journal: journal))
        for start in stride(from: 0, to: Self.names.count, by: 50) {
            try await outbox.commit(.alerts(Array(Self.names[start..<start + 50])))
        }
        try await outbox.commit(
            OutboxBatch(
                source: "cam",
                progress: .init(cursor: FrameCursor(origin: "o", frameIndex: 7, mediaTime: .zero), snapshot: Data([1])))
        )
        try await outbox.acknowledge(Array(1...100))
        return try await outbox.position().stream
    }

    private func damage(_ path: String, _ change: (inout Data) -> Void) throws {
        var data = try Data(contentsOf: URL(filePath: path))
        change(&data)
        try data.write(to: URL(filePath: path))
    }

    @Test func whatCanBeReadGoesOnAndTheRestIsAnnounced() async throws {
        let folder = try TemporaryFolder()
        let stream = try await filled(folder)
        try damage(folder.database) { data in
            // Pages that hold alerts, and nothing else of the database.
            let pages = stride(from: 0, to: data.count, by: 4096).filter {
                data[$0..<$0 + 4096].range(of: Data("\"schema\":\"shrike.alert/1\"".utf8)) != nil
            }
            for page in pages[(pages.count / 4)...(pages.count / 2)] {
                data.replaceSubrange(page..<page + 64, with: Data(repeating: 0xEE, count: 64))
            }
        }
        let outbox = try Outbox(path: folder.database, options: .sample(journal: 10_000))
        let salvage = try #require(outbox.salvage)
        #expect(salvage.keepsStream)
        #expect(FileManager.default.fileExists(atPath: salvage.damagedFile))
        #expect(salvage.alerts > 100 && salvage.alerts < 500)
        #expect(try await outbox.depth() == salvage.alerts)
        #expect(try await outbox.position().stream == stream)
        #expect(try await outbox.lastSequence() == 600)
        #expect(try await outbox.accounted().ranges == [1...600])
        #expect(try await outbox.announcements().allSatisfy { $0["exact"] == .bool(false) })
        #expect(try await outbox.commit(.alerts(["next"])).map(\.sequence) == [601])
        #expect(try JournalReader(path: folder.database).verify().isIntact)
    }

    /// Both found by the long form of B4: a row that only the schema refuses, and a number that is none any more.
    @Test(arguments: [
        "PRAGMA ignore_check_constraints = 1; UPDATE alert SET grade = 'nonsense' WHERE seq = 300;",
        """
        PRAGMA writable_schema = 1;
        UPDATE sqlite_master SET sql = replace(sql, ') STRICT, WITHOUT', ') WITHOUT') WHERE name = 'issued';
        PRAGMA writable_schema = RESET;
        UPDATE issued SET seq = x'0102' WHERE seq = 300;
        PRAGMA writable_schema = 1;
        UPDATE sqlite_master SET sql = replace(sql, ') WITHOUT', ') STRICT, WITHOUT') WHERE name = 'issued';
        DELETE FROM alert WHERE seq = 300;
        """,
    ]) func aRowThatOnlyTheSchemaRefusesIsAnnouncedToo(_ change: String) async throws {
        let folder = try TemporaryFolder()
        _ = try await filled(folder)
        try folder.change(change)
        let outbox = try Outbox(path: folder.database, options: .sample(journal: 10_000))
        #expect(try #require(outbox.salvage).alerts == 499)
        #expect(try await outbox.accounted().ranges == [1...600])
    }

    @Test func aDatabaseThatCannotBeOpenedIsSearchedForItsAlerts() async throws {
        let folder = try TemporaryFolder()
        let stream = try await filled(folder)
        try damage(folder.database) { $0.replaceSubrange(0..<4096, with: Data(repeating: 0x5A, count: 4096)) }
        let outbox = try Outbox(path: folder.database, options: .sample(journal: 10_000))
        let salvage = try #require(outbox.salvage)
        #expect(!salvage.keepsStream)
        #expect(try await outbox.position().stream != stream, "subscribers are told that counting began anew")
        let rows = try await outbox.pending(limit: 1000)
        #expect(Set(rows.map(\.alertID)).isSuperset(of: Self.names[100...].map(Alert.id)))
        #expect(rows.allSatisfy { $0.attempts == 1 && $0.topic == "shrike/v1/s/g/alert/serious/cam" })
        #expect(try await outbox.commit(.alerts(["next"])).map(\.sequence) == [601])
    }

    @Test func aSoundDatabaseIsLeftAlone() async throws {
        let folder = try TemporaryFolder()
        _ = try await filled(folder)
        let outbox = try Outbox(path: folder.database, options: .sample(journal: 10_000))
        #expect(outbox.salvage == nil)
        #expect(try await outbox.depth() == 500)
    }

    /// Promise B4 in short: whatever is damaged, the outbox opens, and no number is silently gone.
    @Test func randomDamageNeverEndsInASilentEmptyStart() async throws {
        let folder = try TemporaryFolder()
        _ = try await filled(folder)
        let sound = try Data(contentsOf: URL(filePath: folder.database))
        var state: UInt64 = 4
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        for round in 0..<8 {
            let place = try TemporaryFolder()
            var data = sound
            for _ in 0...random(4) {
                let start = random(data.count - 512)
                for offset in 0..<(1 + random(511)) { data[start + offset] = UInt8(random(256)) }
            }
            if round.isMultiple(of: 4) { data.removeLast(random(data.count / 2)) }
            try data.write(to: URL(filePath: place.database))
            let outbox = try Outbox(path: place.database, options: .sample(journal: 10_000))
            let depth = try await outbox.depth()
            if let salvage = outbox.salvage {
                #expect(FileManager.default.fileExists(atPath: salvage.damagedFile))
                if salvage.keepsStream, !salvage.gaps.isEmpty {
                    #expect(try await outbox.accounted().contiguous(after: 0) == outbox.lastSequence())
                } else if salvage.keepsStream {
                    #expect(depth == 500)
                } else {
                    #expect(depth > 0)
                }
            } else {
                #expect(depth == 500, "damage that SQLite does not see took no row")
            }
            #expect(try await outbox.commit(.alerts(["next"])).count == 1)
        }
    }
}
