import Foundation
import ShrikeCore

/// An exported record: one entry a line, its hash and its text, between a line that says what came before and one that says
/// where it ends.
///
/// ```
/// # shrike.journal/1 after 0 0000...
/// <64 hex digits>  {"boot_id":"...","data":{...},"entry":1,"kind":"start","prev":"0000...","ts":"..."}
/// # end 1 <64 hex digits>
/// ```
///
/// `sha256sum` over the text of a line gives the hash beside it; nothing of ours is needed to check a record.
public enum JournalFile {
    static func header(_ anchor: JournalChain) -> String { "# shrike.journal/1 after \(anchor.entry) \(anchor.hash)" }

    static func footer(_ chain: JournalChain) -> String { "# end \(chain.entry) \(chain.hash)" }

    /// Checks an exported file, up to the first line that is wrong, and hands out the hash of each entry. Reads it in pieces.
    ///
    /// - Throws: ``OutboxError`` where the file cannot be read or is no record.
    public static func verify(
        path: String, _ note: (String) -> Void = { _ in }
    ) throws(OutboxError) -> JournalVerdict {
        guard let stream = fopen(path, "rb") else {
            throw OutboxError(.unwritable, "the record cannot be read", at: path, remedy: "name an exported record")
        }
        defer { fclose(stream) }
        guard let head = line(of: stream), let anchor = mark(head, "# shrike.journal/1 after ") else {
            throw OutboxError(
                .failed, "this is no exported record", at: path, remedy: "make one with `shrike journal export`")
        }
        var chain = anchor
        var number = 1
        while let text = line(of: stream) {
            number += 1
            let place = "\(path), line \(number)"
            if let end = mark(text, "# end ") {
                guard end == chain else {
                    return .broken(entry: chain.entry + 1, place: place, reason: "the record ends elsewhere")
                }
                guard line(of: stream) == nil else {
                    return .broken(entry: chain.entry + 1, place: place, reason: "something stands behind the end")
                }
                return .intact(first: anchor.entry + 1, last: chain.entry, hash: chain.hash)
            }
            let parts = text.split(separator: "  ", maxSplits: 1).map(String.init)
            guard parts.count == 2, text.dropFirst(64).hasPrefix("  ") else {
                return .broken(entry: chain.entry + 1, place: place, reason: "this is no entry")
            }
            if let reason = chain.verify(entry: chain.entry + 1, body: parts[1], hash: parts[0]) {
                return .broken(entry: chain.entry + 1, place: place, reason: reason)
            }
            note(chain.hash)
        }
        return .broken(entry: chain.entry + 1, place: "\(path), line \(number + 1)", reason: "the end is missing")
    }

    private static func mark(_ line: String, _ prefix: String) -> JournalChain? {
        guard line.hasPrefix(prefix) else { return nil }
        let words = line.dropFirst(prefix.count).split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, let entry = Int64(words[0]), entry >= 0, words[1].utf8.count == 64 else { return nil }
        return JournalChain(entry: entry, hash: String(words[1]))
    }

    /// One line without its end; nil at the end of the file. A line that is no UTF-8 comes with replacement characters, which
    /// its hash then shows. Lines over 1 MiB are cut, which their hash shows too.
    private static func line(of stream: UnsafeMutablePointer<FILE>) -> String? {
        var bytes: [UInt8] = []
        var sawAny = false
        while case let next = getc(stream), next != EOF {
            sawAny = true
            if next == 10 { break }
            if bytes.count < 1 << 20 { bytes.append(UInt8(truncatingIfNeeded: next)) }
        }
        return sawAny ? String(decoding: bytes, as: UTF8.self) : nil
    }
}
