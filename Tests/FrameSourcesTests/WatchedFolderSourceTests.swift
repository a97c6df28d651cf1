import Foundation
import Imaging
import ShrikeCore
import Testing

@testable import FrameSources

struct WatchedFolderSourceTests {
    private actor Done {
        private var keys: Set<String> = []
        func add(_ key: String) { keys.insert(key) }
        func contains(_ key: String) -> Bool { keys.contains(key) }
    }

    private static func png(_ number: Int) throws -> [UInt8] {
        try PictureFolderSourceTests.picture(number).encoded(.png)
    }

    @Test(.timeLimit(.minutes(20))) func takesWhatIsThereAndWhatComesExactlyOnceAcrossRestarts() async throws {
        let folder = try ScratchFolder()
        let done = Done()
        let options = SourceOptions(completeAfterSeconds: 0.3, isProcessed: { await done.contains($0) })
        try folder.write(Self.png(1), to: "1.png")
        let source = try WatchedFolderSource(folder: folder.root, options: options)
        var frame = try #require(try await PictureFolderSourceTests.first(source))
        #expect(NumberedClip.number(in: frame) == 1 && frame.fileName == "1.png")
        await done.add(frame.origin)

        try folder.write(Self.png(1), to: "copy of 1.png")
        try folder.write(Self.png(2), to: "2.png.part")
        try FileManager.default.moveItem(atPath: folder.path("2.png.part"), toPath: folder.path("2.png"))
        frame = try #require(try await PictureFolderSourceTests.first(source))
        #expect(NumberedClip.number(in: frame) == 2, "the copy has the same content and is passed over")
        source.stop()

        // 2 was handed out but never stored as done: it comes again after the restart, 1 does not.
        try folder.write(Self.png(3), to: "3.png")
        let again = try WatchedFolderSource(folder: folder.root, options: options)
        let log = await SourceLog.read(again, limit: 2)
        #expect(Set(log.frames.map(\.number)) == [2, 3])
        again.stop()
    }

    @Test(.timeLimit(.minutes(20))) func aSlowWriterIsWaitedFor() async throws {
        let folder = try ScratchFolder()
        let bytes = try Self.png(5)
        let source = try WatchedFolderSource(
            folder: folder.root, options: SourceOptions(completeAfterSeconds: 0.5))
        let reading = Task { await SourceLog.read(source, limit: 1) }
        try await Task.sleep(for: .milliseconds(400))
        let path = folder.path("slow.png")
        // A thread of its own: suites that compute may keep the pool's threads longer than a writer may rest.
        Thread.detachNewThread {
            guard FileManager.default.createFile(atPath: path, contents: nil),
                let file = FileHandle(forWritingAtPath: path)
            else { return }
            try? file.write(contentsOf: bytes.prefix(40))
            Thread.sleep(forTimeInterval: 1.2)
            try? file.write(contentsOf: bytes.dropFirst(40))
            try? file.close()
        }
        let log = await reading.value
        #expect(log.frames.map(\.number) == [5])
        #expect(log.skipped == [], "half a picture was never looked at")
        source.stop()
    }

    @Test(.timeLimit(.minutes(20))) func keepsTheContractOfSources() async throws {
        let folder = try ScratchFolder()
        for n in 0..<3 { try folder.write(Self.png(n), to: "\(n).png") }
        try folder.write([0], to: "clip.mp4")
        try await SourceContract.check(frames: 3) {
            try WatchedFolderSource(folder: folder.root, options: SourceOptions(completeAfterSeconds: 0.2))
        }
        #expect(throws: SourceError.self) { try WatchedFolderSource(folder: folder.path("no")) }
    }
}
