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

    let path: String
    let options: OutboxOptions
    let clock: @Sendable () -> Timestamp
    /// Kept while the process lives; nil where the record is not wanted.
    let journal: JournalWriting?
    private let database: DatabaseQueue
    /// Value of `PRAGMA synchronous` with which every commit reaches the disk.
    private static let full = 2
    private let lock: OwnerLock
    private let wakeupSignal = WakeupSignal()
    private let writing: OutboxWriting
    private let opened = ContinuousClock.now
    private let uptimeBefore: Int64

    /// What became of a damaged database at the start; nil where it was sound.
    public let salvage: OutboxSalvage.Result?

    /// Opens the outbox, making it where there is none.
    ///
    /// - Parameters:
    ///   - path: database file; its folder must exist.
    ///   - options: quota, reserve, record; a damaged database is moved aside and salvaged only where these say how to
    ///     announce what was lost.
    ///   - clock: for the time at which a row was stored.
    /// - Throws: ``OutboxError``: `.inUse`, `.corrupt`, `.newerFormat`, `.unwritable`, `.diskFull`.
    public convenience init(
        path: String, options: OutboxOptions = OutboxOptions(),
        clock: @escaping @Sendable () -> Timestamp = Outbox.systemTime
    ) throws(OutboxError) {
        try self.init(path: path, options: options, clock: clock, writing: OutboxWriting())
    }

    init(
        path: String, options: OutboxOptions = OutboxOptions(), clock: @escaping @Sendable () -> Timestamp,
        writing: OutboxWriting
    ) throws(OutboxError) {
        (self.path, self.options, self.clock, self.writing) = (path, options, clock, writing)
        journal = options.journalEntries.map {
            JournalWriting(limit: max($0, 100), boot: options.announcing?.origin.bootID ?? "")
        }
        lock = try OwnerLock(databasePath: path)
        do {
            var salvage: OutboxSalvage.Result?
            do {
                database = try Self.open(path)
            } catch let error
                where options.announcing != nil && OutboxError.translating(error, path: path).kind == .corrupt
            {
                let salvaging = OutboxSalvage(path: path, options: options, journal: journal, now: clock())
                database = try salvaging.run(reason: OutboxError.translating(error, path: path).what, open: Self.open)
                salvage = salvaging.result
            }
            self.salvage = salvage
            uptimeBefore = try database.write { db in
                guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == Self.full else {
                    throw OutboxError(
                        .failed, "commits would not survive a power cut", at: path,
                        remedy: "report it: the database's connection lost its setting")
                }
                try OutboxReserve.release(in: db)
                return try Int64.fetchOne(db, sql: "SELECT seconds FROM uptime WHERE id = 1") ?? 0
            }
        } catch {
            throw .translating(error, path: path)
        }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(2)
        let database = try DatabaseQueue(path: path, configuration: configuration)
        // Not in `prepareDatabase`: GRDB sets NORMAL afterwards, with which a power cut takes what was committed.
        try database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY")
        }
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

    /// Seconds that the outbox has been open in its whole life, on a clock that nobody sets.
    var uptime: Int64 { uptimeBefore + (ContinuousClock.now - opened).components.seconds }

    /// Stores the batch in one transaction: alerts with the next sequence numbers, cursor and snapshot, processed files.
    ///
    /// - Returns: the alerts that were new, with their numbers, in the order of the batch. An alert whose id was issued
    ///   before is left out and takes no number.
    /// - Throws: ``OutboxError``; then nothing of the batch is stored.
    @discardableResult
    public func commit(_ batch: OutboxBatch) async throws(OutboxError) -> [Alert] {
        let (now, uptime) = (clock(), uptime)
        let stored = try await write { [writing, journal, self] db in
            let stored = try writing.store(batch, at: now, uptime: uptime, journal: journal, in: db)
            if !stored.isEmpty { try enforceQuota(at: now, checksAge: false, in: db) }
            return stored
        }
        if !stored.isEmpty { wakeupSignal.signal() }
        return stored
    }

    /// Drops what is over the quota, announced and recorded.
    @discardableResult
    func enforceQuota(at now: Timestamp, checksAge: Bool, in db: Database) throws -> [SequenceGap] {
        guard let announcing = options.announcing else { return [] }
        let gaps = try OutboxDropping(quota: options.quota, announcing: announcing, now: now, uptime: uptime)
            .enforce(checksAge: checksAge, in: db)
        try journal?.append(gaps.map { JournalRecord(.gap, $0.json) }, at: now, in: db)
        return gaps
    }

    /// Rows waiting, by sequence number; from ``OutboxRow/firstAnnouncement`` on, announcements.
    public func pending(after sequence: UInt64 = 0, limit: Int) async throws(OutboxError) -> [OutboxRow] {
        try await pending(in: (sequence + 1)...(OutboxRow.firstAnnouncement - 1), limit: limit)
    }

    /// Rows waiting whose numbers lie in the range, ascending.
    public func pending(in range: ClosedRange<UInt64>, limit: Int) async throws(OutboxError) -> [OutboxRow] {
        let base = OutboxRow.firstAnnouncement
        guard range.lowerBound < base else {
            return try await read { db in
                try Row.fetchAll(
                    db, sql: "SELECT * FROM announcement WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
                    arguments: [
                        Int64(clamping: range.lowerBound - base), Int64(clamping: range.upperBound - base), limit,
                    ]
                ).map(OutboxRow.init(announcement:))
            }
        }
        return try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT seq, alert_id, topic, payload, grade, created_at, attempts
                    FROM alert WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?
                    """, arguments: [Int64(clamping: range.lowerBound), Int64(clamping: range.upperBound), limit]
            ).map(OutboxRow.init(row:))
        }
    }

    /// Counts one more attempt, on disk before anything is sent, so a copy after a crash is marked as such.
    public func markAttempted(_ sequences: [UInt64]) async throws(OutboxError) {
        try await forEach(
            sequences, alert: "UPDATE alert SET attempts = attempts + 1 WHERE seq = ?",
            announcement: "UPDATE announcement SET attempts = attempts + 1 WHERE id = ?")
    }

    /// Deletes rows that the broker has taken.
    public func acknowledge(_ sequences: [UInt64]) async throws(OutboxError) {
        try await forEach(
            sequences, alert: "DELETE FROM alert WHERE seq = ?", announcement: "DELETE FROM announcement WHERE id = ?")
    }

    /// Deletes every alert whose number is in the set.
    public func acknowledge(_ sequences: SequenceSet) async throws(OutboxError) {
        guard !sequences.isEmpty else { return }
        try await write { db in
            let statement = try db.cachedStatement(sql: "DELETE FROM alert WHERE seq BETWEEN ? AND ?")
            for range in sequences.ranges {
                try statement.execute(arguments: [
                    Int64(clamping: range.lowerBound),
                    Int64(clamping: min(range.upperBound, OutboxRow.firstAnnouncement - 1)),
                ])
            }
        }
    }

    /// Where the stream stands: its name, the last number given and the lowest still waiting.
    public func position() async throws(OutboxError) -> StreamPosition {
        try await read { db in
            let last = UInt64(clamping: try OutboxWriting.lastSequence(in: db))
            let oldest = try Int64.fetchOne(db.cachedStatement(sql: "SELECT MIN(seq) FROM alert"))
            return StreamPosition(
                stream: try OutboxWriting.stream(in: db), last: last,
                oldest: oldest.map { UInt64(clamping: $0) } ?? last + 1)
        }
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

    /// Whether an alert of this id was issued and is still remembered.
    public func hasIssued(_ alertID: String) async throws(OutboxError) -> Bool {
        try await read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM issued WHERE alert_id = ?)", arguments: [alertID]) ?? false
        }
    }

    /// Alerts waiting.
    public func depth() async throws(OutboxError) -> Int {
        try await read { db in try Int.fetchOne(db.cachedStatement(sql: "SELECT SUM(alerts) FROM tally")) ?? 0 }
    }

    /// Bytes of the documents waiting.
    public func waitingBytes() async throws(OutboxError) -> Int64 {
        try await read { db in try Int64.fetchOne(db.cachedStatement(sql: "SELECT SUM(bytes) FROM tally")) ?? 0 }
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

    private func forEach(
        _ sequences: [UInt64], alert: String, announcement: String
    ) async throws(OutboxError) {
        guard !sequences.isEmpty else { return }
        try await write { db in
            let base = OutboxRow.firstAnnouncement
            for sequence in sequences {
                let isAlert = sequence < base
                try db.cachedStatement(sql: isAlert ? alert : announcement)
                    .execute(arguments: [Int64(clamping: isAlert ? sequence : sequence - base)])
            }
        }
    }

    /// Tells every listener that there is something new.
    func signalNews() { wakeupSignal.signal() }

    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(OutboxError) -> T {
        do {
            return try await database.write(body)
        } catch {
            throw .translating(error, path: path)
        }
    }

    /// Brings everything from the log into the database file.
    func checkpoint() async throws(OutboxError) {
        do {
            _ = try await database.writeWithoutTransaction { db in try db.checkpoint(.full) }
        } catch {
            throw .translating(error, path: path)
        }
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(OutboxError) -> T {
        do {
            return try await database.read(body)
        } catch {
            throw .translating(error, path: path)
        }
    }
}
