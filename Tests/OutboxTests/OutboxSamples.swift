import Foundation
import Outbox
import ShrikeCore
import Testing

extension TemporaryFolder {
    /// Changes the database behind the outbox's back, by a program that is not ours.
    func change(_ sql: String) throws {
        let script =
            "import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.executescript(sys.argv[2]); d.commit(); d.close()"
        let python = try Process.run(URL(filePath: "/usr/bin/python3"), arguments: ["-c", script, database, sql])
        python.waitUntilExit()
        try #require(python.terminationStatus == 0)
    }
}

extension OutboxOptions {
    /// Options under which drops are announced on a topic of the samples.
    static func sample(bytes: Int64? = nil, seconds: Int64? = nil, journal: Int? = nil) -> OutboxOptions {
        var options = OutboxOptions()
        options.quota = .init(bytes: bytes, seconds: seconds)
        options.announcing = .init(
            topic: "shrike/v1/s/g/gap", origin: StreamOrigin(site: "s", gateway: "g", bootID: "boot"),
            clockQuality: { .ntp })
        options.journalEntries = journal
        return options
    }
}

extension Outbox {
    /// Documents of all announcements waiting.
    func announcements() async throws -> [JSONValue] {
        try await pending(in: OutboxRow.firstAnnouncement...UInt64(Int64.max), limit: 1000)
            .map { try JSONValue(parsing: Array($0.payload.utf8)) }
    }

    /// Numbers that are accounted for: waiting, or announced.
    func accounted() async throws -> SequenceSet {
        var all = SequenceSet()
        for row in try await pending(limit: 1_000_000) { all.insert(row.sequence) }
        for gap in try await announcements() {
            if let gap = SequenceGap.read(gap) { all.formUnion(gap.sequences) }
        }
        return all
    }
}
