import GRDB
public import ShrikeCore

extension Outbox {
    /// What one round of upkeep did.
    public struct Upkeep: Hashable, Sendable {
        /// Alerts dropped because they waited too long, announced already.
        public var gaps: [SequenceGap] = []
        /// Free space inside the database file, in bytes.
        public var reserveBytes: Int64 = 0
        /// The reserve is smaller than asked for: the disk has no room for it now.
        public var lacksReserve = false
    }

    /// Puts the uptime on disk, drops what waited too long, tops up the reserve, and removes what is kept for a time only.
    ///
    /// Meant to be called every few seconds; other writers get their turn between its steps.
    ///
    /// - Parameter mayGrow: whether the disk has room to spare for the reserve.
    public func maintain(mayGrow: Bool) async throws(OutboxError) -> Upkeep {
        let (now, uptime) = (clock(), uptime)
        var upkeep = Upkeep()
        upkeep.gaps = try await write { [self] db in
            try db.execute(sql: "UPDATE uptime SET seconds = ? WHERE id = 1", arguments: [uptime])
            try db.execute(
                sql: "DELETE FROM command WHERE uptime < ?", arguments: [uptime - Self.commandMemorySeconds])
            try db.execute(
                sql: "DELETE FROM standing_order WHERE ends_at_uptime IS NOT NULL AND ends_at_uptime <= ?",
                arguments: [uptime])
            try journal?.prune(at: now, in: db)
            return try enforceQuota(at: now, checksAge: true, in: db)
        }
        if !upkeep.gaps.isEmpty { signalNews() }
        let wanted = options.reserveBytes
        guard wanted > 0 else { return upkeep }
        if mayGrow {
            do {
                while try await write({ db in try OutboxReserve.grow(to: wanted, in: db) }), !Task.isCancelled {}
            } catch  where error.kind == .diskFull {
                try await write { db in try OutboxReserve.release(in: db) }
            }
        }
        upkeep.reserveBytes = try await read { db in try OutboxReserve.free(in: db) }
        upkeep.lacksReserve = upkeep.reserveBytes < wanted
        return upkeep
    }

    /// Adds to the record of decisions; nothing where none is kept.
    public func record(_ records: [JournalRecord]) async throws(OutboxError) {
        guard let journal, !records.isEmpty else { return }
        let now = clock()
        try await write { db in try journal.append(records, at: now, in: db) }
    }

    /// Number and hash of the newest entry of the record; nil where none is kept or it is empty.
    public func journalHead() async throws(OutboxError) -> (entry: Int64, hash: String)? {
        guard journal != nil else { return nil }
        let head = try await read { db in try JournalWriting.head(in: db) }
        return head.entry > 0 ? (head.entry, head.hash) : nil
    }
}
