import Foundation
import GRDB
public import ShrikeCore

/// Alerts on disk until the broker acknowledged them, together with how far each source is.
///
/// SQLite in WAL mode with `synchronous=FULL`: a committed batch survives a power cut. One process owns the database
/// (a lock beside the file) and one connection reads, writes and checkpoints; some releases of SQLite lose data where
/// two connections write or checkpoint at once.
///
/// Alert ids are remembered after their row is gone, so footage that is analysed again (a snapshot that a newer release
/// cannot read) does not issue them twice. The newest ``rememberedIDsPerSource`` of each source are kept.
public final class Outbox: Sendable {
    /// Ids of issued alerts kept per source, at least; older ones are forgotten.
    public static let rememberedIDsPerSource = 50_000
    /// Keys of processed files kept per source, at least; older ones are forgotten.
    public static let rememberedFilesPerSource = 100_000

    private let path: String
    private let database: DatabaseQueue
    private let lock: OwnerLock
    private let wakeupSignal = WakeupSignal()
    private let clock: @Sendable () -> Timestamp
    private let writing: OutboxWriting

    /// Opens the outbox, making it where there is none.
    ///
    /// - Parameters:
    ///   - path: database file; its folder must exist.
    ///   - clock: for the time at which a row was stored.
    /// - Throws: ``OutboxError``: `.inUse`, `.corrupt`, `.newerFormat`, `.unwritable`, `.diskFull`.
    public convenience init(
        path: String, clock: @escaping @Sendable () -> Timestamp = Outbox.systemTime
    ) throws(OutboxError) {
        try self.init(path: path, clock: clock, writing: OutboxWriting())
    }

    init(path: String, clock: @escaping @Sendable () -> Timestamp, writing: OutboxWriting) throws(OutboxError) {
        (self.path, self.clock, self.writing) = (path, clock, writing)
        lock = try OwnerLock(databasePath: path)
        do {
            database = try Self.open(path)
        } catch {
            throw .translating(error, path: path)
        }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(2)
        configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
        let database = try DatabaseQueue(path: path, configuration: configuration)
        let migrator = OutboxSchema.migrator
        try database.read { db in
            if let problem = try String.fetchOne(db, sql: "PRAGMA quick_check(1)"), problem != "ok" {
                throw OutboxError.corrupt(problem, path)
            }
            if try migrator.hasBeenSuperseded(db) {
                throw OutboxError(
                    .newerFormat, "the outbox was written by a newer release", at: path,
                    remedy: "install that release again, or start with another state folder")
            }
        }
        try migrator.migrate(database)
        return database
    }

    /// Stores the batch in one transaction: alerts with the next sequence numbers, cursor and snapshot, processed files.
    ///
    /// - Returns: the alerts that were new, with their numbers, in the order of the batch. An alert whose id was issued
    ///   before is left out and takes no number.
    /// - Throws: ``OutboxError``; then nothing of the batch is stored.
    @discardableResult
    public func commit(_ batch: OutboxBatch) async throws(OutboxError) -> [Alert] {
        let now = clock()
        let stored = try await write { [writing] db in try writing.store(batch, at: now, in: db) }
        if !stored.isEmpty { wakeupSignal.signal() }
        return stored
    }

    /// Rows waiting, by sequence number.
    public func pending(after sequence: UInt64 = 0, limit: Int) async throws(OutboxError) -> [OutboxRow] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT seq, alert_id, topic, payload, grade, created_at, attempts
                    FROM alert WHERE seq > ? ORDER BY seq LIMIT ?
                    """, arguments: [Int64(clamping: sequence), limit]
            ).map(OutboxRow.init(row:))
        }
    }

    /// Counts one more attempt, on disk before anything is sent, so a copy after a crash is marked as such.
    public func markAttempted(_ sequences: [UInt64]) async throws(OutboxError) {
        try await forEach(sequences, "UPDATE alert SET attempts = attempts + 1 WHERE seq = ?")
    }

    /// Deletes rows that the broker has taken.
    public func acknowledge(_ sequences: [UInt64]) async throws(OutboxError) {
        try await forEach(sequences, "DELETE FROM alert WHERE seq = ?")
    }

    /// Where the source stood at its last commit; nil where it never committed progress.
    public func progress(source: String) async throws(OutboxError) -> OutboxBatch.Progress? {
        try await read { db in
            try Row.fetchOne(
                db, sql: "SELECT origin, frame_index, media_time, is_complete, snapshot FROM progress WHERE source = ?",
                arguments: [source]
            ).map(OutboxBatch.Progress.init(row:))
        }
    }

    /// Whether the file with this key (its digest) was processed for the source.
    public func isProcessed(_ fileKey: String, source: String) async throws(OutboxError) -> Bool {
        try await read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM processed_file WHERE source = ? AND key = ?)",
                arguments: [source, fileKey]) ?? false
        }
    }

    /// Rows waiting.
    public func depth() async throws(OutboxError) -> Int {
        try await read { db in try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM alert") ?? 0 }
    }

    /// How long the oldest row has been waiting; nil where none is. Never negative, even when the clock was set back.
    public func oldestAge(now: Timestamp) async throws(OutboxError) -> MediaTime? {
        try await read { db in
            try Int64.fetchOne(db, sql: "SELECT created_at FROM alert ORDER BY seq LIMIT 1").map {
                max(.zero, now.since(Timestamp(microseconds: $0)))
            }
        }
    }

    /// The last sequence number given; 0 before the first.
    public func lastSequence() async throws(OutboxError) -> UInt64 {
        try await read { db in UInt64(clamping: try OutboxWriting.lastSequence(in: db)) }
    }

    /// Signals that rows were added. Every listener gets its own stream; signals that were not read yet merge into one.
    public var wakeups: AsyncStream<Void> { wakeupSignal.listen() }

    /// The system's UTC clock.
    public static let systemTime: @Sendable () -> Timestamp = {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    private func forEach(_ sequences: [UInt64], _ sql: String) async throws(OutboxError) {
        guard !sequences.isEmpty else { return }
        try await write { db in
            let statement = try db.cachedStatement(sql: sql)
            for sequence in sequences { try statement.execute(arguments: [Int64(clamping: sequence)]) }
        }
    }

    private func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(OutboxError) -> T {
        do {
            return try await database.write(body)
        } catch {
            throw .translating(error, path: path)
        }
    }

    private func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(OutboxError) -> T {
        do {
            return try await database.read(body)
        } catch {
            throw .translating(error, path: path)
        }
    }
}
