import GRDB

/// Tables of the outbox. A migration that was released is never edited; changes are new migrations.
enum OutboxSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: alerts, issued ids, progress, processed files") { db in
            try db.execute(
                sql: """
                    CREATE TABLE sequence (
                        id INTEGER PRIMARY KEY CHECK (id = 1),
                        last INTEGER NOT NULL CHECK (last >= 0)
                    ) STRICT;
                    INSERT INTO sequence (id, last) VALUES (1, 0);

                    CREATE TABLE alert (
                        seq INTEGER PRIMARY KEY CHECK (seq > 0),
                        alert_id TEXT NOT NULL UNIQUE CHECK (length(alert_id) > 0),
                        topic TEXT NOT NULL CHECK (length(topic) BETWEEN 1 AND 65535),
                        payload TEXT NOT NULL CHECK (length(payload) > 0),
                        grade TEXT NOT NULL CHECK (grade IN ('info', 'general', 'serious', 'critical')),
                        created_at INTEGER NOT NULL,
                        attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0)
                    ) STRICT;

                    CREATE TABLE issued (
                        alert_id TEXT PRIMARY KEY,
                        source TEXT NOT NULL,
                        seq INTEGER NOT NULL UNIQUE CHECK (seq > 0)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX issued_by_source ON issued (source, seq);

                    CREATE TABLE progress (
                        source TEXT PRIMARY KEY,
                        origin TEXT NOT NULL,
                        frame_index INTEGER NOT NULL,
                        media_time INTEGER NOT NULL,
                        is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1)),
                        snapshot BLOB NOT NULL
                    ) STRICT, WITHOUT ROWID;

                    CREATE TABLE processed_file (
                        id INTEGER PRIMARY KEY,
                        source TEXT NOT NULL,
                        key TEXT NOT NULL CHECK (length(key) > 0),
                        UNIQUE (source, key)
                    ) STRICT;
                    CREATE INDEX processed_file_by_source ON processed_file (source, id);
                    """)
        }
        return migrator
    }
}
