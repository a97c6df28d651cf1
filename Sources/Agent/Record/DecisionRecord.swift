import Foundation
import Outbox
public import ShrikeCore

/// `shrike journal`: checks and exports a gateway's record of decisions.
public enum DecisionRecord {
    /// What a check found.
    public struct Check: Hashable, Sendable {
        public var isIntact: Bool
        public var text: String
        public var json: JSONValue
    }

    /// - Parameters:
    ///   - path: state folder of a gateway, its database, or an exported record.
    ///   - expectedHead: hash that some entry must have, as somebody kept it; nil asks for none.
    /// - Throws: ``AgentError`` where there is no record.
    public static func verify(path: String, expectedHead: String? = nil) throws -> Check {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw AgentError(
                "there is no such file or folder", at: path, remedy: "name a state folder or an exported record")
        }
        let database = isFolder.boolValue ? path + "/" + OutboxOpening.fileName : path
        var heads = ExpectedHead(expectedHead)
        let verdict: JournalVerdict = try translating {
            if isFolder.boolValue || path.hasSuffix(".sqlite") {
                return try JournalReader(path: database).verify { heads.note($0) }
            }
            return try JournalFile.verify(path: path) { heads.note($0) }
        }
        return check(verdict, at: path, heads)
    }

    /// Hands every line of the record out.
    public static func export(folder: String, _ write: (String) -> Void) throws -> Check {
        let verdict = try translating {
            try JournalReader(path: folder + "/" + OutboxOpening.fileName).export { write($0) }
        }
        return check(verdict, at: folder, ExpectedHead(nil))
    }

    private static func check(_ verdict: JournalVerdict, at path: String, _ head: ExpectedHead) -> Check {
        switch verdict {
        case .intact(let first, let last, let hash):
            let range = last < first ? "no entries" : "entries \(first) to \(last)"
            guard head.isThere else {
                let reason = "no entry has the hash that was kept: the record was written anew or cut off"
                return Check(
                    isIntact: false, text: "NOT AS KEPT: \(path): \(range); \(reason)",
                    json: .object([
                        "schema": .string("shrike.journal-check/1"), "intact": .bool(false), "reason": .string(reason),
                    ]))
            }
            return Check(
                isIntact: true, text: "\(path): \(range) are as they were written; head \(hash)",
                json: .object([
                    "schema": .string("shrike.journal-check/1"), "intact": .bool(true), "first": .integer(first),
                    "last": .integer(last), "head": .string(hash),
                ]))
        case .broken(let entry, let place, let reason):
            return Check(
                isIntact: false, text: "BROKEN at entry \(entry): \(place): \(reason)",
                json: .object([
                    "schema": .string("shrike.journal-check/1"), "intact": .bool(false), "entry": .integer(entry),
                    "place": .string(place), "reason": .string(reason),
                ]))
        }
    }

    /// Whether a hash that was asked for came by.
    private struct ExpectedHead {
        private let hash: String?
        private(set) var isThere: Bool

        init(_ hash: String?) { (self.hash, isThere) = (hash, hash == nil) }

        mutating func note(_ found: String) { if found == hash { isThere = true } }
    }
}
