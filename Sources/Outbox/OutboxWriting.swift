import Foundation
import GRDB
import Integrity
import ShrikeCore

/// The statements of one commit; run inside its transaction.
struct OutboxWriting: Sendable {
    var rememberedIDs = Outbox.rememberedIDsPerSource
    var rememberedFiles = Outbox.rememberedFilesPerSource
    /// Forgetting looks at the whole index of a source, so it is done once in so many numbers.
    var pruneInterval: Int64 = 1024

    /// - Parameters:
    ///   - uptime: seconds the outbox has been open in its life; the age of a row is told by it.
    ///   - journal: keeps a record of each alert; nil keeps none.
    func store(
        _ batch: OutboxBatch, at now: Timestamp, uptime: Int64 = 0, journal: JournalWriting? = nil, in db: Database
    ) throws -> [Alert] {
        let first = try Self.lastSequence(in: db)
        var last = first
        var stored: [Alert] = []
        var records: [JournalRecord] = []
        for entry in batch.entries {
            var alert = entry.alert
            alert.sequence = UInt64(clamping: last + 1)
            try db.cachedStatement(
                sql: "INSERT INTO issued (alert_id, source, seq) VALUES (?, ?, ?) ON CONFLICT (alert_id) DO NOTHING"
            ).execute(arguments: [alert.alertID, batch.source, last + 1])
            guard db.changesCount == 1 else { continue }
            let document = alert.json.canonicalText
            try db.cachedStatement(
                sql: """
                    INSERT INTO alert (seq, alert_id, topic, payload, grade, created_at, stored_at_uptime)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                last + 1, alert.alertID, entry.topic, document, alert.grade.rawValue, now.microseconds, uptime,
            ])
            last += 1
            stored.append(alert)
            guard journal != nil else { continue }
            records.append(
                .alert(alert, documentDigest: SHA256Digest(ofUTF8: document).hex, frameDigest: batch.frameDigest))
        }
        records += batch.muted.map { .muted($0, frameDigest: batch.frameDigest) }
        try journal?.append(records, at: now, in: db)
        if last > first {
            try db.execute(sql: "UPDATE sequence SET last = ? WHERE id = 1", arguments: [last])
        }
        if first / pruneInterval != last / pruneInterval {
            try forgetOldIDs(of: batch.source, in: db)
        }
        if let progress = batch.progress { try store(progress, source: batch.source, in: db) }
        try mark(batch.processedFiles, of: batch.source, in: db)
        return stored
    }

    /// Name of the numbering.
    static func stream(in db: Database) throws -> String {
        try String.fetchOne(db.cachedStatement(sql: "SELECT name FROM stream WHERE id = 1")) ?? ""
    }

    static func lastSequence(in db: Database) throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT last FROM sequence WHERE id = 1")) ?? 0
    }

    private func store(_ progress: OutboxBatch.Progress, source: String, in db: Database) throws {
        let cursor = progress.cursor
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO progress (source, origin, frame_index, media_time, is_complete, snapshot)
                VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            source, cursor.origin, cursor.frameIndex, cursor.mediaTime.microseconds, cursor.isComplete,
            progress.snapshot,
        ])
    }

    private func mark(_ fileKeys: [String], of source: String, in db: Database) throws {
        for key in fileKeys {
            try db.cachedStatement(
                sql: "INSERT INTO processed_file (source, key) VALUES (?, ?) ON CONFLICT (source, key) DO NOTHING"
            ).execute(arguments: [source, key])
            guard db.changesCount == 1, db.lastInsertedRowID % pruneInterval == 0 else { continue }
            try db.execute(
                sql: """
                    DELETE FROM processed_file WHERE source = :source AND id < (
                        SELECT id FROM processed_file WHERE source = :source ORDER BY id DESC LIMIT 1 OFFSET :kept)
                    """, arguments: ["source": source, "kept": rememberedFiles - 1])
        }
    }

    /// Ids of rows still waiting are never forgotten: they are unique in `alert` too.
    private func forgetOldIDs(of source: String, in db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM issued WHERE source = :source AND seq < (
                    SELECT seq FROM issued WHERE source = :source ORDER BY seq DESC LIMIT 1 OFFSET :kept
                ) AND seq NOT IN (SELECT seq FROM alert)
                """, arguments: ["source": source, "kept": rememberedIDs - 1])
    }
}
