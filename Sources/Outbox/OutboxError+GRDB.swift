import GRDB
import Glibc

extension OutboxError {
    /// What a database error means to whoever runs the gateway.
    static func translating(_ error: any Error, path: String) -> OutboxError {
        if let error = error as? OutboxError { return error }
        guard let error = error as? DatabaseError else {
            return OutboxError(
                .failed, "outbox: \(error)", at: path, remedy: "check the folder's permissions and the disk")
        }
        switch error.resultCode {
        case .SQLITE_FULL: return diskFull(path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return corrupt(error.message ?? "unreadable", path)
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_IOERR:
            // SQLite reports a full disk as an I/O error where it grows its shared-memory file.
            if availableBytes(beside: path) < 1 << 16 { return diskFull(path) }
            return OutboxError(
                .unwritable, "the outbox cannot be opened or written (\(error.message ?? "I/O error"))", at: path,
                remedy: "check that its folder exists, is writable by this user, and that the disk is sound")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return OutboxError(
                .inUse, "another program holds the outbox", at: path, remedy: "close whatever has this file open")
        default:
            return OutboxError(
                .failed, "the outbox failed (SQLite \(error.extendedResultCode): \(error.message ?? ""))", at: path,
                remedy: "restart; if it stays, move the file aside and keep it for a report")
        }
    }

    static func corrupt(_ reason: String, _ path: String) -> OutboxError {
        OutboxError(
            .corrupt, "the outbox is damaged (\(reason))", at: path,
            remedy:
                "move the file and its -wal aside, save what is readable with `sqlite3 FILE .recover`, and start again")
    }

    private static func diskFull(_ path: String) -> OutboxError {
        OutboxError(
            .diskFull, "no space left for alerts", at: path,
            remedy: "free space on this disk; alerts stored before are intact and nothing of this step was stored")
    }

    /// Room left on the file system of the path's folder, in bytes; very large where it cannot be told.
    private static func availableBytes(beside path: String) -> UInt64 {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        var status = statvfs()
        guard statvfs(folder.isEmpty ? "/" : folder, &status) == 0 else { return .max }
        return UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue
    }
}
