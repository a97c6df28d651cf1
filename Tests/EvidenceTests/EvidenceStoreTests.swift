import Evidence
import Foundation
import ShrikeCore
import Testing

@Suite struct EvidenceStoreTests {
    private let now = Timestamp(microseconds: 1_760_000_000_000_000)

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "evidence-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func name(_ id: String, _ grade: Grade = .general) -> EvidenceName {
        EvidenceName(alertID: id, grade: grade, kind: .image)
    }

    private func files(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func storesWholeFilesWithTheirDigest() throws {
        try withFolder { folder in
            let store = try EvidenceStore(directory: folder, limits: .init(minimumFreeBytes: 0))
            guard case .stored(let reference) = store.store(Array("abc".utf8), as: name("a1"), now: now) else {
                Issue.record("was shed")
                return
            }
            #expect(reference.path == "a1-general.jpg")
            #expect(reference.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            #expect(reference.bytes == 3)
            #expect(try files(folder) == ["a1-general.jpg"])
            #expect(store.store(Array("abc".utf8), as: name("a1"), now: now) == .stored(reference))
        }
    }

    @Test func lessWorthyEvidenceMakesRoom() throws {
        try withFolder { folder in
            let limits = RetentionPlan.Limits(maximumBytes: 10, maximumAgeDays: nil, minimumFreeBytes: 0)
            let store = try EvidenceStore(directory: folder, limits: limits)
            let bytes = [UInt8](repeating: 1, count: 5)
            for (id, grade) in [("a", Grade.info), ("b", .serious), ("c", .critical)] {
                #expect(store.store(bytes, as: name(id, grade), now: now) != .shed(reason: ""))
            }
            #expect(try files(folder) == ["b-serious.jpg", "c-critical.jpg"])
            guard case .shed = store.store(bytes, as: name("d", .info), now: now) else {
                Issue.record("an info picture pushed out a better one")
                return
            }
            #expect(store.bytes == 10)
        }
    }

    @Test func shedsBelowTheFloorOfFreeDisk() throws {
        try withFolder { folder in
            let store = try EvidenceStore(directory: folder, limits: .init(minimumFreeBytes: .max))
            guard case .shed(let reason) = store.store([1, 2, 3], as: name("a"), now: now) else {
                Issue.record("stored below the floor")
                return
            }
            #expect(reason.contains("free"))
            #expect(try files(folder).isEmpty)
        }
    }

    @Test func shedsWhereTheFolderIsGone() throws {
        try withFolder { folder in
            let store = try EvidenceStore(directory: folder, limits: .init(minimumFreeBytes: 0))
            try FileManager.default.removeItem(at: folder)
            guard case .shed = store.store([1], as: name("a"), now: now) else {
                Issue.record("stored nowhere")
                return
            }
        }
    }

    @Test func aRestartFindsWhatIsThereAndRemovesWhatIsHalf() throws {
        try withFolder { folder in
            let limits = RetentionPlan.Limits(maximumBytes: 1000, maximumAgeDays: 30, minimumFreeBytes: 0)
            let first = try EvidenceStore(directory: folder, limits: limits)
            _ = first.store([1, 2, 3, 4], as: name("a"), now: now)
            try Data([9]).write(to: first.unfinishedFile(for: name("b")))
            try Data([9]).write(to: folder.appending(path: "notes.txt"))
            let second = try EvidenceStore(directory: folder, limits: limits)
            #expect(second.bytes == 4)
            #expect(try files(folder) == ["a-general.jpg", "notes.txt"])
            let later = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1e6) + 31 * 86_400_000_000)
            #expect(second.prune(now: later) == [name("a")])
            #expect(try files(folder) == ["notes.txt"])
        }
    }

    @Test func anUnusableFolderIsOneClearError() {
        #expect(throws: EvidenceError.self) { try EvidenceStore(directory: URL(filePath: "/proc/none/evidence")) }
    }
}
