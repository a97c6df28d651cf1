import Foundation
import GRDB
import ShrikeCore

/// Looks for alert documents in the bytes of files that SQLite cannot read any more.
///
/// A document shorter than a page lies in one piece. Rows that were deleted are found too, as long as their page was not used
/// again: such alerts are sent once more, marked, and subscribers know them by their id.
struct AlertCarver {
    let files: [String]
    /// Topic of announcements; the alerts' topics stand beside it.
    let gapTopic: String
    private static let largestDocument = 16 << 10
    private static let largestFile = 1 << 30

    /// Puts what is found into the outbox, as already attempted once.
    ///
    /// - Returns: how many alerts were found.
    func carve(into db: Database, at now: Timestamp) throws -> Int {
        var found: [UInt64: (document: JSONValue, text: String)] = [:]
        for file in files {
            guard let data = try? Data(contentsOf: URL(filePath: file), options: .mappedIfSafe),
                data.count <= Self.largestFile
            else { continue }
            search(data) { document, text in
                if let sequence = document["seq"]?.integerValue, sequence > 0 {
                    found[UInt64(sequence)] = (document, text)
                }
            }
        }
        for (sequence, alert) in found.sorted(by: { $0.key < $1.key }) {
            try insert(alert.document, text: alert.text, sequence: sequence, at: now, in: db)
        }
        try db.execute(
            sql: "UPDATE sequence SET last = MAX(last, ?) WHERE id = 1",
            arguments: [Int64(clamping: found.keys.max() ?? 0)])
        return found.count
    }

    private func insert(
        _ document: JSONValue, text: String, sequence: UInt64, at now: Timestamp, in db: Database
    ) throws {
        guard let id = document["alert_id"]?.stringValue, let grade = document["grade"]?.stringValue,
            Grade(rawValue: grade) != nil, let source = document["source"]?["id"]?.stringValue
        else { return }
        let root = gapTopic.hasSuffix("/gap") ? String(gapTopic.dropLast(4)) : gapTopic
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO alert (seq, alert_id, topic, payload, grade, created_at, attempts)
                VALUES (?, ?, ?, ?, ?, ?, 1)
                """,
            arguments: [
                Int64(clamping: sequence), id, "\(root)/alert/\(grade)/\(source)", text, grade, now.microseconds,
            ])
        try db.execute(
            sql: "INSERT OR IGNORE INTO issued (alert_id, source, seq) VALUES (?, ?, ?)",
            arguments: [id, source, Int64(clamping: sequence)])
    }

    private func search(_ data: Data, _ body: (JSONValue, String) -> Void) {
        let mark = Data("{\"alert_id\":\"".utf8)
        var from = data.startIndex
        while let hit = data.range(of: mark, in: from..<data.endIndex) {
            from = hit.upperBound
            guard let end = end(of: data, from: hit.lowerBound) else { continue }
            let bytes = data[hit.lowerBound..<end]
            guard let document = try? JSONValue(parsing: bytes), document["schema"]?.stringValue == Alert.schema,
                let text = String(data: bytes, encoding: .utf8)
            else { continue }
            body(document, text)
            from = end
        }
    }

    /// Position behind the brace that closes the one at `start`.
    private func end(of data: Data, from start: Data.Index) -> Data.Index? {
        var (depth, isText, isEscaped) = (0, false, false)
        for index in start..<min(data.endIndex, start + Self.largestDocument) {
            let byte = data[index]
            if isEscaped {
                isEscaped = false
            } else if isText {
                if byte == UInt8(ascii: "\\") { isEscaped = true }
                if byte == UInt8(ascii: "\"") { isText = false }
            } else if byte == UInt8(ascii: "\"") {
                isText = true
            } else if byte == UInt8(ascii: "{") {
                depth += 1
            } else if byte == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return index + 1 }
            }
        }
        return nil
    }
}
