import GRDB
import ShrikeCore

/// Appends to the record of decisions inside the transaction of what it tells of.
struct JournalWriting: Sendable {
    /// Entries kept at most; a tenth goes at once.
    let limit: Int
    let boot: String

    func append(_ records: [JournalRecord], at time: Timestamp, in db: Database) throws {
        guard !records.isEmpty else { return }
        var chain = try Self.head(in: db)
        let insert = try db.cachedStatement(sql: "INSERT INTO journal (entry, body, hash) VALUES (?, ?, ?)")
        for record in records {
            let (body, hash) = chain.append(record, time: time, boot: boot)
            try insert.execute(arguments: [chain.entry, body, hash])
        }
    }

    static func head(in db: Database) throws -> JournalChain {
        let row =
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT entry, hash FROM journal ORDER BY entry DESC LIMIT 1"))
            ?? Row.fetchOne(db.cachedStatement(sql: "SELECT entry, hash FROM journal_anchor WHERE id = 1"))
        return row.map { JournalChain(entry: $0["entry"], hash: $0["hash"]) } ?? .origin
    }

    /// Removes the oldest entries over the limit, and says so in the record itself.
    func prune(at time: Timestamp, in db: Database) throws {
        let first = try Int64.fetchOne(db, sql: "SELECT MIN(entry) FROM journal") ?? 1
        let last = try Self.head(in: db).entry
        guard last - first + 1 > Int64(limit) else { return }
        let through = last - Int64(limit) + Int64(limit / 10)
        guard
            let anchor = try Row.fetchOne(
                db, sql: "SELECT entry, hash FROM journal WHERE entry = ?", arguments: [through])
        else { return }
        let hash: String = anchor["hash"]
        try db.execute(
            sql: "UPDATE journal_anchor SET entry = ?, hash = ? WHERE id = 1", arguments: [through, hash])
        try db.execute(sql: "DELETE FROM journal WHERE entry <= ?", arguments: [through])
        try append(
            [JournalRecord(.pruned, .object(["through": .integer(through), "hash": .string(hash)]))], at: time, in: db)
    }
}
