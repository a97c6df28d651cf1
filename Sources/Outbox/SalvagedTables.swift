import Foundation
import GRDB
import ShrikeCore

/// Reads the tables of a damaged database around its damage and writes what came out into a new one.
struct SalvagedTables {
    let source: Database
    let target: Database
    /// Single rows looked for where a table can be read neither from its beginning nor from its end.
    private static let probes: Int64 = 1_000_000

    func carryOver(into result: inout OutboxSalvage.Result) throws {
        var last: Int64 = 0
        var alerts = 0
        _ = try each("alert", key: "seq") { row in
            guard let sequence = Self.number(row, "seq"), sequence > 0 else { return }
            try insert(row, into: "alert")
            alerts += target.changesCount
            last = max(last, sequence)
        }
        result.alerts = alerts
        var rows = 0
        _ = try each("issued", key: "alert_id") { row in
            try insert(row, into: "issued")
            rows += target.changesCount
            last = max(last, Self.number(row, "seq") ?? 0)
        }
        var sources = 0
        _ = try each("progress", key: "source") { row in
            try insert(row, into: "progress")
            sources += target.changesCount
        }
        result.sources = sources
        for (table, key) in [
            ("processed_file", "id"), ("announcement", "id"), ("command", "cmd_id"), ("standing_order", "key"),
        ] {
            _ = try each(table, key: key) { row in
                try insert(row, into: table)
                rows += target.changesCount
            }
        }
        rows += try carryOverJournal()
        result.otherRows = rows
        let hadSequence = try each("sequence", key: "id") { row in last = max(last, Self.number(row, "last") ?? 0) }
        try target.execute(sql: "UPDATE sequence SET last = ? WHERE id = 1", arguments: [max(0, last)])
        var stream: String?
        _ = try each("stream", key: "id") { row in stream = Self.text(row, "name") }
        _ = try each("uptime", key: "id") { row in
            try target.execute(
                sql: "UPDATE uptime SET seconds = ? WHERE id = 1", arguments: [max(0, Self.number(row, "seconds") ?? 0)]
            )
        }
        if hadSequence, let stream, stream.utf8.count == 32 {
            try target.execute(sql: "UPDATE stream SET name = ? WHERE id = 1", arguments: [stream])
            result.keepsStream = true
        }
    }

    /// The newest entries that form a chain; what is older goes.
    private func carryOverJournal() throws -> Int {
        var entries: [(entry: Int64, body: String, hash: String)] = []
        _ = try each("journal", key: "entry") { row in
            guard let entry = Self.number(row, "entry"), let body = Self.text(row, "body"),
                let hash = Self.text(row, "hash")
            else { return }
            entries.append((entry, body, hash))
        }
        entries.sort { $0.entry < $1.entry }
        var start = entries.count
        while start > 0 {
            let candidate = entries[start - 1]
            guard let previous = (try? JSONValue(parsing: Array(candidate.body.utf8)))?["prev"]?.stringValue else {
                break
            }
            var chain = JournalChain(entry: candidate.entry - 1, hash: previous)
            guard chain.verify(entry: candidate.entry, body: candidate.body, hash: candidate.hash) == nil else { break }
            if start < entries.count {
                let next = entries[start]
                guard next.entry == candidate.entry + 1, next.body.contains("\"prev\":\"\(candidate.hash)\"") else {
                    break
                }
            }
            start -= 1
        }
        guard start < entries.count,
            let anchor = (try? JSONValue(parsing: Array(entries[start].body.utf8)))?["prev"]?.stringValue
        else { return 0 }
        try target.execute(
            sql: "UPDATE journal_anchor SET entry = ?, hash = ? WHERE id = 1",
            arguments: [entries[start].entry - 1, anchor])
        for entry in entries[start...] {
            try target.execute(
                sql: "INSERT INTO journal (entry, body, hash) VALUES (?, ?, ?)",
                arguments: [entry.entry, entry.body, entry.hash])
        }
        return entries.count - start
    }

    // Not `row[column] as Int64?`, which traps on a value of another type: types are damaged too.
    private static func number(_ row: Row, _ column: String) -> Int64? { Int64.fromDatabaseValue(row[column]) }
    private static func text(_ row: Row, _ column: String) -> String? { String.fromDatabaseValue(row[column]) }

    /// Inserts a row as it is; one that the schema refuses is damaged itself and left out.
    private func insert(_ row: Row, into table: String) throws {
        let columns = try target.columns(in: table).map(\.name).filter { row.hasColumn($0) }
        let names = columns.joined(separator: ", ")
        let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
        do {
            try target.execute(
                sql: "INSERT OR IGNORE INTO \(table) (\(names)) VALUES (\(marks))",
                arguments: StatementArguments(columns.map { row[$0] as DatabaseValue }))
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            return
        } catch let error as DatabaseError where error.resultCode == .SQLITE_MISMATCH {
            return
        }
    }

    /// Calls `body` for every row that can be read: from the beginning to the first damage, from the end to the last one, and,
    /// where the key is a number, one by one between.
    ///
    /// - Returns: false where some of the table could not be read. True is no proof that all was: a row may have been damaged so
    ///   that it looks like another.
    private func each(_ table: String, key: String, _ body: (Row) throws -> Void) throws -> Bool {
        var lowest: DatabaseValue?
        let isWhole = try walk("SELECT * FROM \(table) ORDER BY \(key)", key: key, until: nil) { row in
            lowest = row[key]
            try body(row)
        }
        guard !isWhole else { return true }
        var highest: DatabaseValue?
        _ = try walk("SELECT * FROM \(table) ORDER BY \(key) DESC", key: key, until: lowest) { row in
            highest = row[key]
            try body(row)
        }
        let from = lowest.flatMap { Int64.fromDatabaseValue($0) } ?? 0
        let known = (try? Int64.fetchOne(source, sql: "SELECT last FROM sequence WHERE id = 1")) ?? nil
        guard table != "issued", let to = highest.flatMap({ Int64.fromDatabaseValue($0) }) ?? known, to > from else {
            return false
        }
        for number in (from + 1)..<min(to + 1, from + Self.probes) {
            let row = try? Row.fetchOne(source, sql: "SELECT * FROM \(table) WHERE \(key) = ?", arguments: [number])
            if let row = row ?? nil { try body(row) }
        }
        return false
    }

    /// - Returns: false where reading failed before the end.
    private func walk(
        _ sql: String, key: String, until stop: DatabaseValue?, _ body: (Row) throws -> Void
    ) throws -> Bool {
        guard let cursor = try? Row.fetchCursor(source, sql: sql) else { return false }
        while true {
            let row: Row?
            do { row = try cursor.next() } catch { return false }
            guard let row, row[key] as DatabaseValue != stop else { return true }
            try body(row.copy())
        }
    }
}
