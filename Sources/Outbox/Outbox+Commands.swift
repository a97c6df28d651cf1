import GRDB
public import ShrikeCore

extension Outbox {
    /// How long the answer to an order is remembered, so that a copy of it is answered and not carried out again.
    public static let commandMemorySeconds: Int64 = 24 * 3600

    /// A lasting effect of an order: survives a restart, ends by itself where it has an end.
    public struct StandingOrder: Hashable, Sendable {
        /// What it is about, e.g. `mute cam-1 hot_cell`; another order with the same key replaces it.
        public var key: String
        public var value: JSONValue
        /// Seconds from now, counted while the gateway runs; nil for no end.
        public var seconds: Int64?

        public init(key: String, value: JSONValue, seconds: Int64? = nil) {
            (self.key, self.value, self.seconds) = (key, value, seconds)
        }
    }

    /// What an order leaves behind, stored with its answer and its record in one transaction.
    public struct CommandOutcome: Hashable, Sendable {
        public var id: String
        public var reply: JSONValue
        public var record: JSONValue
        public var sets: [StandingOrder] = []
        /// Keys of standing orders that end with this one.
        public var ends: [String] = []

        public init(id: String, reply: JSONValue, record: JSONValue) {
            (self.id, self.reply, self.record) = (id, reply, record)
        }
    }

    /// The answer that was given to an order of this id in the last ``commandMemorySeconds``; nil where there was none.
    public func reply(toCommand id: String) async throws(OutboxError) -> JSONValue? {
        let text = try await read { db in
            try String.fetchOne(
                db.cachedStatement(sql: "SELECT reply FROM command WHERE cmd_id = ?"), arguments: [id])
        }
        return text.flatMap { try? JSONValue(parsing: Array($0.utf8)) }
    }

    public func store(_ outcome: CommandOutcome) async throws(OutboxError) {
        let (now, uptime) = (clock(), uptime)
        try await write { [journal] db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO command (cmd_id, uptime, reply) VALUES (?, ?, ?)",
                arguments: [outcome.id, uptime, outcome.reply.canonicalText])
            for order in outcome.sets {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO standing_order (key, value, ends_at_uptime) VALUES (?, ?, ?)",
                    arguments: [order.key, order.value.canonicalText, order.seconds.map { uptime + $0 }])
            }
            for key in outcome.ends {
                try db.execute(sql: "DELETE FROM standing_order WHERE key = ?", arguments: [key])
            }
            try journal?.append([JournalRecord(.command, outcome.record)], at: now, in: db)
        }
    }

    /// Standing orders that have not ended, with the seconds that each has left.
    public func standingOrders() async throws(OutboxError) -> [StandingOrder] {
        let uptime = uptime
        return try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT key, value, ends_at_uptime FROM standing_order
                    WHERE ends_at_uptime IS NULL OR ends_at_uptime > ? ORDER BY key
                    """, arguments: [uptime]
            ).compactMap { row in
                guard let value = try? JSONValue(parsing: Array((row["value"] as String).utf8)) else { return nil }
                let end: Int64? = row["ends_at_uptime"]
                return StandingOrder(key: row["key"], value: value, seconds: end.map { $0 - uptime })
            }
        }
    }
}
