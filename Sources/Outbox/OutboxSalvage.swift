import Foundation
import GRDB
public import ShrikeCore

/// Moves a damaged database aside and carries over what can still be read of it, row by row.
///
/// The damaged file stays as it was, for whoever wants to look. What cannot be read is announced: alerts that waited, the
/// numbers of which are known only as a range.
public final class OutboxSalvage {
    /// What was found.
    public struct Result: Hashable, Sendable {
        /// Why the database was given up.
        public var reason: String
        /// Where the damaged file lies now.
        public var damagedFile: String
        /// Waiting alerts that were carried over.
        public var alerts = 0
        /// Sources whose progress was carried over.
        public var sources = 0
        /// Rows of other tables that were carried over.
        public var otherRows = 0
        /// Numbering goes on under its name; else a new one began, and subscribers are told by its name.
        public var keepsStream = false
        /// Numbers that may be lost, announced to subscribers.
        public var gaps: [SequenceGap] = []
    }

    private let path: String
    private let options: OutboxOptions
    private let journal: JournalWriting?
    private let now: Timestamp
    private(set) var result: Result?

    init(path: String, options: OutboxOptions, journal: JournalWriting?, now: Timestamp) {
        (self.path, self.options, self.journal, self.now) = (path, options, journal, now)
    }

    /// Moves the files aside and returns a new database with what could be read.
    func run(reason: String, open: (String) throws -> DatabaseQueue) throws -> DatabaseQueue {
        let aside = try moveAside()
        var result = Result(reason: reason, damagedFile: aside)
        let copy = path + ".salvage"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy + suffix) } }
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: aside + suffix) {
            try FileManager.default.copyItem(atPath: aside + suffix, toPath: copy + suffix)
        }
        let fresh = try open(path)
        try fresh.write { db in
            if let damaged = try? DatabaseQueue(path: copy) {
                try damaged.unsafeRead { source in
                    try SalvagedTables(source: source, target: db).carryOver(into: &result)
                }
            }
            if result.alerts == 0 {
                let carver = AlertCarver(files: [aside, aside + "-wal"], gapTopic: options.announcing?.topic ?? "gap")
                result.alerts = try carver.carve(into: db, at: now)
            }
            // Always: a row can be damaged so that nobody can tell that it is missing.
            if result.keepsStream { result.gaps = try announceLost(in: db) }
            try journal?.append(
                [
                    JournalRecord(
                        .damage,
                        .object([
                            "reason": .string(result.reason), "file": .string(URL(filePath: aside).lastPathComponent),
                            "alerts_kept": .integer(Int64(result.alerts)),
                            "sources_kept": .integer(Int64(result.sources)),
                            "numbering_kept": .bool(result.keepsStream),
                        ]))
                ] + result.gaps.map { JournalRecord(.gap, $0.json) }, at: now, in: db)
        }
        self.result = result
        return fresh
    }

    private func moveAside() throws -> String {
        let stamp = now.rfc3339.filter { $0.isNumber || $0 == "T" }
        var aside = "\(path).damaged-\(stamp)"
        var attempt = 1
        while FileManager.default.fileExists(atPath: aside) {
            attempt += 1
            aside = "\(path).damaged-\(stamp)-\(attempt)"
        }
        // The log first: a database without its log is an older state, a log without its database is nothing.
        for suffix in ["-wal", ""] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.moveItem(atPath: path + suffix, toPath: aside + suffix)
        }
        try? FileManager.default.removeItem(atPath: path + "-shm")
        return aside
    }

    /// Numbers that are neither waiting nor known to be delivered; some of them were.
    private func announceLost(in db: Database) throws -> [SequenceGap] {
        guard let announcing = options.announcing else { return [] }
        let last = UInt64(clamping: try OutboxWriting.lastSequence(in: db))
        guard last > 0 else { return [] }
        var waiting = SequenceSet()
        let rows = try Int64.fetchCursor(db, sql: "SELECT seq FROM alert ORDER BY seq")
        while let sequence = try rows.next() { waiting.insert(UInt64(clamping: sequence)) }
        let absent = waiting.missing(in: 1...last)
        let dropping = OutboxDropping(quota: options.quota, announcing: announcing, now: now, uptime: 0)
        return try stride(from: 0, to: absent.ranges.count, by: SequenceGap.maximumRanges).map { start in
            let end = min(start + SequenceGap.maximumRanges, absent.ranges.count)
            return try dropping.announce(
                SequenceSet(absent.ranges[start..<end]), counts: [:], reason: .damage, isExact: false, in: db)
        }
    }
}
