import Integrity
import ShrikeCore

/// The chain of the record: every entry's text holds the hash of the one before, so none can be changed, taken out or put in
/// without breaking all that follow.
///
/// The hash of an entry is SHA-256 over the UTF-8 bytes of its text, the text is canonical JSON.
struct JournalChain: Hashable, Sendable {
    /// The entry before the first one.
    static let origin = JournalChain(entry: 0, hash: String(repeating: "0", count: 64))

    /// Number and hash of the newest entry.
    var entry: Int64
    var hash: String

    /// Text and hash of the next entry; this becomes its chain.
    mutating func append(_ record: JournalRecord, time: Timestamp, boot: String) -> (body: String, hash: String) {
        let body = JSONValue.object([
            "entry": .integer(entry + 1), "prev": .string(hash), "ts": .string(time.rfc3339), "boot_id": .string(boot),
            "kind": .string(record.kind.rawValue), "data": record.data,
        ]).canonicalText
        (entry, hash) = (entry + 1, SHA256Digest(ofUTF8: body).hex)
        return (body, hash)
    }

    /// Goes on to the next entry, where it is the next one.
    ///
    /// - Returns: what is wrong with it; nil where nothing is.
    mutating func verify(entry number: Int64, body: String, hash stored: String) -> String? {
        guard SHA256Digest(ofUTF8: body).hex == stored else { return "the text does not have the hash beside it" }
        guard let document = try? JSONValue(parsing: Array(body.utf8)) else { return "the text is no JSON" }
        guard document["entry"]?.integerValue == number, number == entry + 1 else {
            return "entry \(entry + 1) is expected here"
        }
        guard document["prev"]?.stringValue == hash else { return "it does not follow the entry before" }
        (entry, hash) = (number, stored)
        return nil
    }
}
