import Glibc

/// Keeps a second process away from the database: an advisory lock on a side file that names its holder.
///
/// The kernel drops the lock with the process, however it ends, so there is nothing to clean up after a crash.
final class OwnerLock: Sendable {
    private let descriptor: CInt

    /// - Throws: ``OutboxError`` `.inUse` with the holder's process id, or `.unwritable`.
    init(databasePath: String) throws(OutboxError) {
        let path = databasePath + ".lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw OutboxError(
                .unwritable, "the outbox folder cannot be written (\(String(cString: strerror(errno))))", at: path,
                remedy: "create the folder, or give this user the right to write there")
        }
        guard Self.isTaken(descriptor) else {
            let holder = Self.holder(descriptor)
            close(descriptor)
            throw OutboxError(
                .inUse, "the outbox belongs to another running process\(holder.map { " (pid \($0))" } ?? "")",
                at: databasePath, remedy: "stop that process, or give this one a state folder of its own")
        }
        let text = Array("\(getpid())\n".utf8)
        // The number is only for the message above; a full disk must not keep the outbox closed.
        if ftruncate(descriptor, 0) == 0 {
            _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        }
        self.descriptor = descriptor
    }

    deinit {
        // A child that is just being started holds a copy of the descriptor until it runs its program; closing ours alone
        // would leave the lock with it.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Tries for half a second: a process that was killed may still be on its way out.
    private static func isTaken(_ descriptor: CInt) -> Bool {
        for _ in 0..<10 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(50_000)
        }
        return false
    }

    private static func holder(_ descriptor: CInt) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes.prefix(count), as: UTF8.self).prefix { $0.isNumber })
    }
}
