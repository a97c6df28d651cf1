import GRDB

/// Tables of the outbox. A migration that was released is never edited; changes are new migrations.
enum OutboxSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: alerts, issued ids, progress, processed files") { db in
            try db.execute(sql: alertsAndProgress)
        }
        migrator.registerMigration("2: stream, tallies, announcements, journal, commands") { db in
            try db.execute(sql: talliesAndAnnouncements)
            try db.execute(sql: journalAndCommands)
        }
        return migrator
    }

    private static let alertsAndProgress = """
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
        """

    /// Triggers keep the tally, so that no statement can forget to.
    private static let talliesAndAnnouncements = """
        CREATE TABLE stream (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            name TEXT NOT NULL CHECK (length(name) = 32)
        ) STRICT;
        INSERT INTO stream (id, name) VALUES (1, lower(hex(randomblob(16))));

        CREATE TABLE uptime (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            seconds INTEGER NOT NULL CHECK (seconds >= 0)
        ) STRICT;
        INSERT INTO uptime (id, seconds) VALUES (1, 0);

        ALTER TABLE alert ADD COLUMN stored_at_uptime INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX alert_by_grade ON alert (grade, seq);

        CREATE TABLE tally (
            grade TEXT PRIMARY KEY,
            alerts INTEGER NOT NULL DEFAULT 0 CHECK (alerts >= 0),
            bytes INTEGER NOT NULL DEFAULT 0 CHECK (bytes >= 0)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO tally (grade) VALUES ('info'), ('general'), ('serious'), ('critical');
        UPDATE tally SET
            alerts = (SELECT COUNT(*) FROM alert WHERE alert.grade = tally.grade),
            bytes = (SELECT COALESCE(SUM(length(CAST(payload AS BLOB))), 0) FROM alert WHERE alert.grade = tally.grade);
        CREATE TRIGGER alert_added AFTER INSERT ON alert BEGIN
            UPDATE tally SET alerts = alerts + 1, bytes = bytes + length(CAST(NEW.payload AS BLOB))
            WHERE grade = NEW.grade;
        END;
        CREATE TRIGGER alert_removed AFTER DELETE ON alert BEGIN
            UPDATE tally SET alerts = alerts - 1, bytes = bytes - length(CAST(OLD.payload AS BLOB))
            WHERE grade = OLD.grade;
        END;

        CREATE TABLE announcement (
            id INTEGER PRIMARY KEY,
            gap_id TEXT NOT NULL UNIQUE CHECK (length(gap_id) = 32),
            topic TEXT NOT NULL CHECK (length(topic) BETWEEN 1 AND 65535),
            payload TEXT NOT NULL CHECK (length(payload) > 0),
            created_at INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0)
        ) STRICT;

        CREATE TABLE reserve (id INTEGER PRIMARY KEY, filler BLOB NOT NULL) STRICT;
        """

    private static let journalAndCommands = """
        CREATE TABLE journal (
            entry INTEGER PRIMARY KEY CHECK (entry > 0),
            body TEXT NOT NULL CHECK (length(body) > 0),
            hash TEXT NOT NULL CHECK (length(hash) = 64)
        ) STRICT;
        CREATE TABLE journal_anchor (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            entry INTEGER NOT NULL CHECK (entry >= 0),
            hash TEXT NOT NULL CHECK (length(hash) = 64)
        ) STRICT;
        INSERT INTO journal_anchor (id, entry, hash) VALUES (1, 0, printf('%064d', 0));

        CREATE TABLE command (
            cmd_id TEXT PRIMARY KEY,
            uptime INTEGER NOT NULL,
            reply TEXT NOT NULL CHECK (length(reply) > 0)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE standing_order (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL,
            ends_at_uptime INTEGER
        ) STRICT, WITHOUT ROWID;
        """
}
