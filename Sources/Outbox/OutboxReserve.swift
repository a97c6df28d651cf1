import GRDB

/// Free pages kept inside the database file: alerts go into them where the disk has no room for the file to grow.
///
/// The write-ahead log is overwritten in place once it has its usual size, so a commit into free pages takes no new block.
enum OutboxReserve {
    private static let pieceBytes: Int64 = 1 << 20

    /// Adds one piece to the free pages where they are fewer than wanted.
    ///
    /// - Returns: whether there is more to do.
    static func grow(to bytes: Int64, in db: Database) throws -> Bool {
        guard try free(in: db) < bytes else { return false }
        // Filled from the end of the file, not from the free pages there are: those are kept by holding all pieces at once.
        let pieces = try Int64.fetchOne(db, sql: "SELECT COUNT(*) FROM reserve") ?? 0
        guard try free(in: db) + pieces * pieceBytes < bytes else {
            try release(in: db)
            return try free(in: db) < bytes
        }
        try db.execute(sql: "INSERT INTO reserve (filler) VALUES (zeroblob(?))", arguments: [pieceBytes])
        return true
    }

    /// Gives all pieces held to the free pages.
    static func release(in db: Database) throws {
        guard try Int64.fetchOne(db, sql: "SELECT COUNT(*) FROM reserve") ?? 0 > 0 else { return }
        // Debian's SQLite overwrites what is deleted; for pieces that hold nothing that would write the whole reserve again.
        try db.execute(sql: "PRAGMA secure_delete = OFF")
        defer { try? db.execute(sql: "PRAGMA secure_delete = ON") }
        try db.execute(sql: "DELETE FROM reserve")
    }

    static func free(in db: Database) throws -> Int64 {
        let pages = try Int64.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
        let size = try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
        return pages * size
    }
}
