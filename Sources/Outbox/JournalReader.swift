import Foundation
import GRDB
import ShrikeCore

/// Reads the record of decisions of an outbox, also while the agent runs: a reader of its own that never writes.
public struct JournalReader: Sendable {
    private let path: String
    private let database: DatabaseQueue

    /// - Throws: ``OutboxError`` where there is no outbox or it cannot be read.
    public init(path: String) throws(OutboxError) {
        self.path = path
        guard FileManager.default.fileExists(atPath: path) else {
            throw OutboxError(
                .unwritable, "there is no outbox", at: path, remedy: "name the state folder of an agent that has run")
        }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            database = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw .translating(error, path: path)
        }
    }

    /// Checks every entry, oldest first, up to the first that is wrong; hands out the hash of each.
    public func verify(_ note: (String) -> Void = { _ in }) throws(OutboxError) -> JournalVerdict {
        try walk { _, hash in note(hash) }
    }

    /// Writes the record as text, entry by entry: see ``JournalFile``.
    ///
    /// - Returns: the verdict on what was written; a broken entry is written as it is, and nothing behind it.
    public func export(_ write: (String) throws -> Void) throws(OutboxError) -> JournalVerdict {
        let verdict = try walk(
            begin: { anchor in try write(JournalFile.header(anchor)) },
            { body, hash in try write("\(hash)  \(body)") })
        if case .intact(_, let last, let hash) = verdict {
            do { try write(JournalFile.footer(JournalChain(entry: last, hash: hash))) } catch {
                throw .translating(error, path: path)
            }
        }
        return verdict
    }

    private func walk(
        begin: (JournalChain) throws -> Void = { _ in }, _ body: (String, String) throws -> Void
    ) throws(OutboxError) -> JournalVerdict {
        do {
            return try database.read { db in
                guard try db.tableExists("journal") else {
                    throw OutboxError(
                        .failed, "the outbox is of a release that kept no record", at: path,
                        remedy: "start the agent of this release once")
                }
                guard let row = try Row.fetchOne(db, sql: "SELECT entry, hash FROM journal_anchor WHERE id = 1") else {
                    return .broken(entry: 1, place: path, reason: "the record has no beginning")
                }
                var chain = JournalChain(entry: row["entry"], hash: row["hash"])
                let first = chain.entry + 1
                try begin(chain)
                let rows = try Row.fetchCursor(db, sql: "SELECT entry, body, hash FROM journal ORDER BY entry")
                while let row = try rows.next() {
                    let (number, text, hash): (Int64, String, String) = (row["entry"], row["body"], row["hash"])
                    try body(text, hash)
                    if let reason = chain.verify(entry: number, body: text, hash: hash) {
                        return .broken(entry: number, place: "\(path), table journal, entry \(number)", reason: reason)
                    }
                }
                return .intact(first: first, last: chain.entry, hash: chain.hash)
            }
        } catch {
            throw .translating(error, path: path)
        }
    }
}
