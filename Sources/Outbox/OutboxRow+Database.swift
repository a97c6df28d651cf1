import GRDB
import ShrikeCore

extension OutboxRow {
    init(row: Row) {
        self.init(
            sequence: UInt64(clamping: row["seq"] as Int64), alertID: row["alert_id"], topic: row["topic"],
            payload: row["payload"], grade: Grade(rawValue: row["grade"]) ?? .general,
            createdAt: Timestamp(microseconds: row["created_at"]), attempts: row["attempts"])
    }
}

extension OutboxRow {
    init(announcement row: Row) {
        self.init(
            sequence: Self.firstAnnouncement + UInt64(clamping: row["id"] as Int64), alertID: row["gap_id"],
            topic: row["topic"], payload: row["payload"], grade: .critical,
            createdAt: Timestamp(microseconds: row["created_at"]), attempts: row["attempts"])
    }
}

extension OutboxBatch.Progress {
    init(row: Row) {
        self.init(
            cursor: FrameCursor(
                origin: row["origin"], frameIndex: row["frame_index"],
                mediaTime: MediaTime(microseconds: row["media_time"]), isComplete: row["is_complete"]),
            snapshot: row["snapshot"])
    }
}
