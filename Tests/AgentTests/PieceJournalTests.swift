import Foundation
import ShrikeCore
import TestKit
import Testing

@testable import Agent

struct PieceJournalTests {
    private let folder: TestFolder
    private let files: PieceFiles

    init() throws {
        folder = try TestFolder()
        files = PieceFiles(folder: folder.url.path, piece: 7)
    }

    private func checkpoint() throws -> PieceCheckpoint {
        try JSONDecoder().decode(PieceCheckpoint.self, from: Data(contentsOf: URL(filePath: files.checkpoint)))
    }

    private func names(_ bytes: Int) throws -> [String] {
        var names: [String] = []
        try PieceJournal.events(files, bytes: bytes) { if case .skipped(let name, _) = $0 { names.append(name) } }
        return names
    }

    private func write(_ names: [String], to journal: inout PieceJournal) throws {
        for name in names { journal.record(.skipped(name: name, reason: "r")) }
        try journal.settle(nil)
        try journal.save(phase: .analyzing)
    }

    @Test func `what is saved is read back in order`() throws {
        var journal = try PieceJournal(files: files, after: nil)
        try write(["a", "b"], to: &journal)
        try write(["line\nbreak \u{1F50C}"], to: &journal)
        #expect(try names(try checkpoint().journalBytes) == ["a", "b", "line\nbreak \u{1F50C}"])
    }

    @Test func `events that no cursor covers are not part of the piece`() throws {
        var journal = try PieceJournal(files: files, after: nil)
        try write(["a"], to: &journal)
        journal.record(.skipped(name: "lost", reason: "r"))
        try journal.save(phase: .analyzing)
        #expect(try names(try checkpoint().journalBytes) == ["a"])
    }

    @Test func `bytes beyond the checkpoint are cut off by the run that goes on`() throws {
        var journal = try PieceJournal(files: files, after: nil)
        try write(["a"], to: &journal)
        let saved = try checkpoint()
        let handle = try FileHandle(forWritingTo: URL(filePath: files.journal))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("{\"skipped\":{\"name\":\"hal".utf8))
        try handle.close()
        var next = try PieceJournal(files: files, after: saved)
        try write(["b"], to: &next)
        #expect(try names(try checkpoint().journalBytes) == ["a", "b"])
    }

    @Test func `a journal that is shorter than its checkpoint or damaged is refused`() throws {
        var journal = try PieceJournal(files: files, after: nil)
        try write(["a", "b"], to: &journal)
        let bytes = try checkpoint().journalBytes
        var content = try Data(contentsOf: URL(filePath: files.journal))
        for count in [0, 1, bytes / 2, bytes - 1] {
            try content.prefix(count).write(to: URL(filePath: files.journal))
            #expect(throws: AgentError.self) { try names(bytes) }
        }
        content[3] = 0
        try content.write(to: URL(filePath: files.journal))
        #expect(throws: AgentError.self) { try names(bytes) }
    }

    @Test func `numbers that are not finite survive`() throws {
        var journal = try PieceJournal(files: files, after: nil)
        journal.record(.decided(seconds: .infinity))
        try journal.settle(nil)
        try journal.save(phase: .complete)
        var found: [PieceEvent] = []
        try PieceJournal.events(files, bytes: try checkpoint().journalBytes) { found.append($0) }
        #expect(found == [.decided(seconds: .infinity)])
    }
}
