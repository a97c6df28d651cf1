import GRDB
import Integrity
import ShrikeCore

/// Drops waiting alerts that are over the quota and announces each of them; run inside the transaction that causes it.
///
/// The lowest grade goes first, of one grade the oldest. A little more than needed is dropped at once, so that a full
/// outbox does not announce every single alert.
struct OutboxDropping {
    let quota: OutboxOptions.Quota
    let announcing: OutboxOptions.Announcing
    let now: Timestamp
    let uptime: Int64
    /// Share of the quota that is left free after a drop.
    private static let slack = 0.05

    /// - Parameter checksAge: looks for alerts that waited too long, too.
    /// - Returns: what was dropped, announced already.
    func enforce(checksAge: Bool, in db: Database) throws -> [SequenceGap] {
        var gaps: [SequenceGap] = []
        if checksAge, let seconds = quota.seconds {
            gaps += try drop(rows(storedBefore: uptime - seconds, in: db), reason: .age, in: db)
        }
        if let limit = quota.bytes {
            let used = try Int64.fetchOne(db.cachedStatement(sql: "SELECT SUM(bytes) FROM tally")) ?? 0
            if used > limit {
                let target = limit - Int64(Double(limit) * Self.slack)
                gaps += try drop(rows(freeing: used - limit, better: used - target, in: db), reason: .bytes, in: db)
            }
        }
        return gaps
    }

    /// Numbers and uptimes rise together, so the first row that is young enough ends the search.
    private func rows(storedBefore uptime: Int64, in db: Database) throws -> [Row] {
        var found: [Row] = []
        let cursor = try Row.fetchCursor(
            db, sql: "SELECT seq, grade, attempts, stored_at_uptime FROM alert ORDER BY seq")
        while let row = try cursor.next(), (row["stored_at_uptime"] as Int64) < uptime { found.append(row.copy()) }
        return found
    }

    /// Frees what is needed, and up to what is better within the last grade that had to give; no higher grade pays for that.
    private func rows(freeing needed: Int64, better: Int64, in db: Database) throws -> [Row] {
        var found: [Row] = []
        var freed: Int64 = 0
        for grade in Grade.allCases.sorted() where freed < needed {
            let cursor = try Row.fetchCursor(
                db,
                sql: """
                    SELECT seq, grade, attempts, length(CAST(payload AS BLOB)) AS bytes FROM alert
                    WHERE grade = ? ORDER BY seq
                    """, arguments: [grade.rawValue])
            while freed < better, let row = try cursor.next() {
                found.append(row.copy())
                freed += row["bytes"] as Int64
            }
        }
        return found
    }

    private func drop(_ rows: [Row], reason: SequenceGap.Reason, in db: Database) throws -> [SequenceGap] {
        guard !rows.isEmpty else { return [] }
        let delete = try db.cachedStatement(sql: "DELETE FROM alert WHERE seq = ?")
        var dropped: [UInt64: (grade: Grade, isExact: Bool)] = [:]
        for row in rows {
            let sequence: Int64 = row["seq"]
            try delete.execute(arguments: [sequence])
            dropped[UInt64(clamping: sequence)] = (
                Grade(rawValue: row["grade"]) ?? .general, (row["attempts"] as Int) == 0
            )
        }
        return try announce(dropped, reason: reason, in: db)
    }

    /// Stores announcements of dropped alerts, each with as many ranges as one may have.
    private func announce(
        _ dropped: [UInt64: (grade: Grade, isExact: Bool)], reason: SequenceGap.Reason, in db: Database
    ) throws -> [SequenceGap] {
        var all = SequenceSet()
        for sequence in dropped.keys.sorted() { all.insert(sequence) }
        var gaps: [SequenceGap] = []
        for start in stride(from: 0, to: all.ranges.count, by: SequenceGap.maximumRanges) {
            let ranges = all.ranges[start..<min(start + SequenceGap.maximumRanges, all.ranges.count)]
            var counts: [Grade: Int] = [:]
            var isExact = true
            for range in ranges {
                for sequence in range {
                    guard let row = dropped[sequence] else { continue }
                    counts[row.grade, default: 0] += 1
                    isExact = isExact && row.isExact
                }
            }
            gaps.append(
                try announce(SequenceSet(ranges), counts: counts, reason: reason, isExact: isExact, in: db))
        }
        return gaps
    }

    /// Stores one announcement.
    func announce(
        _ sequences: SequenceSet, counts: [Grade: Int], reason: SequenceGap.Reason, isExact: Bool, in db: Database
    ) throws -> SequenceGap {
        let stream = try OutboxWriting.stream(in: db)
        let text = "\(stream) \(reason.rawValue) \(sequences.json().canonicalText)"
        let gap = SequenceGap(
            id: String(SHA256Digest(ofUTF8: text).hex.prefix(32)), stream: stream, origin: announcing.origin, time: now,
            timeQuality: announcing.clockQuality(), sequences: sequences, counts: counts, reason: reason,
            isExact: isExact)
        try db.cachedStatement(
            sql: """
                INSERT INTO announcement (gap_id, topic, payload, created_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (gap_id) DO NOTHING
                """
        ).execute(arguments: [gap.id, announcing.topic, gap.json.canonicalText, now.microseconds])
        return gap
    }
}
