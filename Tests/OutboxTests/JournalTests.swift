import Foundation
import Glibc
import ShrikeCore
import Testing

@testable import Outbox

@Suite struct JournalTests {
    private func filled(_ folder: TemporaryFolder, limit: Int = 10_000) async throws -> Outbox {
        let outbox = try Outbox(path: folder.database, options: .sample(journal: limit))
        try await outbox.record([JournalRecord(.start, .object(["version": .string("1")]))])
        var batch = OutboxBatch.alerts(["a", "b", "c"])
        batch.frameDigest = String(repeating: "f", count: 64)
        try await outbox.commit(batch)
        return outbox
    }

    private func export(_ folder: TemporaryFolder) throws -> [String] {
        var lines: [String] = []
        #expect(try JournalReader(path: folder.database).export { lines.append($0) }.isIntact)
        return lines
    }

    @Test func everyStoredAlertIsAnEntryAndACopyIsNone() async throws {
        let folder = try TemporaryFolder()
        let outbox = try await filled(folder)
        try await outbox.commit(.alerts(["a", "d"]))
        let lines = try export(folder)
        #expect(lines.count == 2 + 1 + 4)
        let bodies = try lines.dropFirst().dropLast().map { try JSONValue(parsing: Array($0.dropFirst(66).utf8)) }
        #expect(bodies.compactMap { $0["kind"]?.stringValue } == ["start", "alert", "alert", "alert", "alert"])
        #expect(bodies[1]["data"]?["frame_sha256"]?.stringValue == String(repeating: "f", count: 64))
        #expect(bodies[4]["data"]?["seq"]?.integerValue == 4)
        let head = try #require(try await outbox.journalHead())
        #expect(head.entry == 5 && lines.last == "# end 5 \(head.hash)")
    }

    @Test func aBatchThatFailsLeavesNoEntry() async throws {
        let folder = try TemporaryFolder()
        let outbox = try await filled(folder)
        var batch = OutboxBatch.alerts(["x", "y"])
        batch.entries[1].topic = ""
        await #expect(throws: OutboxError.self) { try await outbox.commit(batch) }
        #expect(try await outbox.journalHead()?.entry == 4)
    }

    /// Every single byte of an exported record, changed: each change is found, and the line named is the line changed or, where
    /// the change is in a line's end, one beside it.
    @Test func anyChangedByteIsFoundAndLocated() async throws {
        let folder = try TemporaryFolder()
        _ = try await filled(folder)
        let sound = Array(try export(folder).joined(separator: "\n").utf8) + [10]
        let file = folder.path + "/record"
        try Data(sound).write(to: URL(filePath: file))
        #expect(try JournalFile.verify(path: file).isIntact)
        var line = 1
        for (index, byte) in sound.enumerated().dropLast() {
            var changed = sound
            changed[index] = byte ^ 1
            try Data(changed).write(to: URL(filePath: file))
            let verdict = try? JournalFile.verify(path: file)
            if line > 1 {
                guard case .broken(_, let place, _)? = verdict else {
                    Issue.record("byte \(index) of line \(line) was changed unseen")
                    return
                }
                let named = Int(place.split(separator: " ").last ?? "") ?? 0
                #expect(abs(named - line) <= (byte == 10 ? 1 : 0), "\(place) for line \(line)")
            } else {
                #expect(verdict?.isIntact != true)
            }
            if byte == 10 { line += 1 }
        }
        for cut in [sound.count - 2, sound.count / 2] {
            try Data(sound[..<cut]).write(to: URL(filePath: file))
            #expect(try JournalFile.verify(path: file).isIntact == false, "cut off at \(cut)")
        }
    }

    @Test func anEntryChangedInTheDatabaseIsNamed() async throws {
        let folder = try TemporaryFolder()
        _ = try await filled(folder)
        try folder.change("UPDATE journal SET body = replace(body, 'serious', 'general') WHERE entry = 3")
        guard case .broken(let entry, let place, _) = try JournalReader(path: folder.database).verify() else {
            Issue.record("the change was not found")
            return
        }
        #expect(entry == 3 && place.contains("entry 3"))
    }

    @Test func anEntryTakenOutIsNoticed() async throws {
        let folder = try TemporaryFolder()
        _ = try await filled(folder)
        try folder.change("DELETE FROM journal WHERE entry = 2")
        #expect(try !JournalReader(path: folder.database).verify().isIntact)
    }

    @Test func overTheLimitTheOldestGoAndTheChainHolds() async throws {
        let folder = try TemporaryFolder()
        let outbox = try await filled(folder, limit: 100)
        for start in 0..<15 { try await outbox.commit(.alerts((0..<10).map { "p\(start)-\($0)" })) }
        _ = try await outbox.maintain(mayGrow: false)
        guard case .intact(let first, let last, _) = try JournalReader(path: folder.database).verify() else {
            Issue.record("the chain broke")
            return
        }
        #expect(last == 155 && last - first + 1 <= 100 && last - first > 80)
        let lines = try export(folder)
        #expect(lines[lines.count - 2].contains("\"kind\":\"pruned\""))
    }

    @Test func whatIsNoRecordIsToldClearly() throws {
        let folder = try TemporaryFolder()
        #expect(throws: OutboxError.self) { _ = try JournalReader(path: folder.path + "/none.sqlite") }
        try Data("hello\n".utf8).write(to: URL(filePath: folder.path + "/text"))
        #expect(throws: OutboxError.self) { _ = try JournalFile.verify(path: folder.path + "/text") }
    }
}
