import Foundation
import Imaging
import ShrikeCore
import TestKit
import Testing

@testable import FrameSources

/// Decoders in processes of their own: the same pictures, and whatever happens to a process costs its source alone.
@Suite(
    .serialized, .timeLimit(.minutes(20)), .enabled(if: ShrikeProcess.isAvailable, "the program is not built"))
struct IsolationTests {
    private static let h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2"]

    private static func options(patience: Double = Double(30 * Patience.stretch), program: String? = nil)
        -> SourceOptions
    {
        SourceOptions(
            isolation: DecoderIsolation(program: program ?? ShrikeProcess.program, patience: patience))
    }

    private struct Seen: Hashable {
        var index: Int64
        var time: MediaTime
        var format: PixelFormat
        var content: String
    }

    /// All there is of a source. `atFrame` is called when a frame has come.
    private static func read(
        _ source: any FrameSource, atFrame: (Int64) -> Void = { _ in }
    ) async throws -> (frames: [Seen], skipped: [String]) {
        var (frames, skipped) = ([Seen](), [String]())
        while let event = try await source.next() {
            switch event {
            case .frame(let frame):
                frames.append(
                    Seen(
                        index: frame.index, time: frame.mediaTime, format: frame.pixels.format,
                        content: "\(frame.contentDigest())"))
                atFrame(frame.index)
            case .skipped(let name, let reason): skipped.append("\(name): \(reason)")
            default: break
            }
        }
        return (frames, skipped)
    }

    /// Decoder processes that this process started.
    private static func children() -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { process in
            guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
                status.contains("PPid:\t\(getpid())\n"),
                let command = FileManager.default.contents(atPath: "/proc/\(process)/cmdline")
            else { return false }
            return String(decoding: command, as: UTF8.self).contains(DecoderWorker.argument)
        }
    }

    @Test(.enabled(if: NumberedClip.isPossible, "ffmpeg is not installed"))
    func aVideoIsTheSameInAProcessOfItsOwn() async throws {
        let folder = try ScratchFolder()
        let path = try NumberedClip.make("clip.mp4", codec: Self.h264, frames: 60, in: folder)
        let here = try await Self.read(try VideoFileSource(path: path))
        let isolated = try await Self.read(try VideoFileSource(path: path, options: Self.options()))
        #expect(here.frames.count == 60 && isolated.frames == here.frames && isolated.skipped == here.skipped)
        #expect(Self.children().isEmpty)
        try await SourceContract.check(frames: 60) { try VideoFileSource(path: path, options: Self.options()) }
    }

    @Test func picturesAreTheSameInAProcessOfTheirOwn() async throws {
        let folder = try ScratchFolder()
        for orientation in 1...8 {
            try folder.write(
                PictureFolderSourceTests.jpeg(orientation, orientation: UInt8(orientation)), to: "\(orientation).jpg")
        }
        try folder.write(PictureFolderSourceTests.jpeg(9, orientation: 6, channels: 1), to: "gray.jpg")
        try folder.write(PictureFolderSourceTests.picture(10, channels: 4).encoded(.png), to: "alpha.png")
        try folder.write(PictureFolderSourceTests.picture(11, width: 300, height: 200).encoded(.tiff), to: "larger.tif")
        var counts = try Image(width: 32, height: 8, channels: 1, depth: .uint16)
        counts.withUnsafeMutableBytes { for i in $0.indices { $0[i] = UInt8(i & 255) } }
        try folder.write(counts.encoded(.png), to: "counts.png")
        let damaged = try PictureFolderSourceTests.picture(12, width: 200, height: 100).encoded(.png)
        try folder.write(Array(damaged[..<60] + damaged[64...]), to: "damaged.png")
        let here = try await Self.read(try PictureFolderSource(folder: folder.root))
        let isolated = try await Self.read(try PictureFolderSource(folder: folder.root, options: Self.options()))
        #expect(here.frames.count == 12 && here.skipped.count == 1)
        #expect(isolated.frames == here.frames && isolated.skipped == here.skipped)
        #expect(Set(here.frames.map(\.format)) == [.bgr8, .gray8, .gray16])
    }

    @Test(.enabled(if: NumberedClip.isPossible, "ffmpeg is not installed"))
    func aVideoGoesOnWhereItsDecoderCrashed() async throws {
        let folder = try ScratchFolder()
        let path = try NumberedClip.make("clip.mp4", codec: Self.h264, frames: 60, in: folder)
        let here = try await Self.read(try VideoFileSource(path: path))
        let isolated = try await Self.read(try VideoFileSource(path: path, options: Self.options())) { index in
            if index == 20 || index == 40 { for child in Self.children() { kill(child, SIGSEGV) } }
        }
        #expect(isolated.frames == here.frames && isolated.skipped.isEmpty)
        #expect(Self.children().isEmpty)
    }

    @Test(.enabled(if: NumberedClip.isPossible, "ffmpeg is not installed"))
    func aDecoderThatHangsCostsTheRestOfItsVideo() async throws {
        let folder = try ScratchFolder()
        let path = try NumberedClip.make("clip.mp4", codec: Self.h264, frames: 60, in: folder)
        let options = Self.options(patience: Double(Patience.stretch))
        let log = try await Self.read(try VideoFileSource(path: path, options: options)) { index in
            if index == 20 { for child in Self.children() { kill(child, SIGSTOP) } }
        }
        #expect((21..<60).contains(log.frames.count))
        #expect(log.skipped.count == 1 && log.skipped[0].contains("the decoder hung"), "\(log.skipped)")
        #expect(Self.children().isEmpty)
    }

    @Test(.enabled(if: NumberedClip.isPossible, "ffmpeg is not installed"))
    func theDecoderIsConfined() async throws {
        let folder = try ScratchFolder()
        let path = try NumberedClip.make("clip.ts", codec: Self.h264, frames: 30, in: folder)
        // A play list leads to another file, which the decoder may not open.
        let list = try folder.write(
            Array("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:3.0,\nclip.ts\n#EXT-X-ENDLIST\n".utf8), to: "list.m3u8")
        let opening = VideoOpening(address: list)
        let isolation = DecoderIsolation(program: ShrikeProcess.program, patience: Double(30 * Patience.stretch))
        let inProcess = try opening.open(nil) { true }
        #expect(try inProcess.grab() != nil)
        #expect(throws: VideoFailure.self) { try opening.open(isolation) { true } }
        #expect(isolation.missingMeans() == [])
        let stream = try VideoOpening(address: path).open(isolation) { true }
        #expect(try stream.grab() != nil)
        let child = try #require(Self.children().first)
        let status = try String(contentsOfFile: "/proc/\(child)/status", encoding: .utf8)
        #expect(status.contains("NoNewPrivs:\t1") && status.contains("Seccomp:\t2"), "\(status)")
        let limits = try String(contentsOfFile: "/proc/\(child)/limits", encoding: .utf8)
        #expect(limits.contains("Max address space         2147483648"), "\(limits)")
    }

    /// A program that answers everything but its first question alike.
    private static func liar(_ answer: String, in folder: ScratchFolder) throws -> String {
        let script = """
            #!/usr/bin/python3
            import socket, struct
            done, ended, failed, small = 0, 1, 2, 3
            wire = socket.socket(fileno=3)
            first = True
            while True:
                asked = wire.recv(20000)
                if not asked: break
                kind = struct.unpack('q', asked[:8])[0]
                if kind in (5, 6): continue
                numbers = (0, 0, 9, 9) if first else tuple(int(n) for n in (\(answer)))
                first = False
                wire.send(struct.pack('9q', *numbers, *[0] * 5))
            """
        let program = try folder.write(Array(script.utf8), to: "liar")
        chmod(program, 0o755)
        return program
    }

    @Test(arguments: [
        "done, -(1 << 63), 1 << 40, 0", "done, (1 << 63) - 1, -5, 0", "small, 1 << 40, 1 << 40, 0",
        "small, 65535, 65535, 0",
        "failed, 0, 0, 0",
    ])
    func aDecoderOfVideoThatLiesIsNotBelieved(_ answer: String) throws {
        let folder = try ScratchFolder()
        let isolation = DecoderIsolation(
            program: try Self.liar(answer, in: folder), patience: Double(10 * Patience.stretch))
        let stream = try VideoOpening(address: "/nowhere").open(isolation) { true }
        // What it says of the time is taken or refused, and never brings this process down.
        _ = try? stream.grab()
        #expect(throws: VideoFailure.self) { try stream.retrieve() }
    }

    /// Programs that say what no decoder would.
    @Test(arguments: [
        "done, 2.5, 1 << 40, 3", "done, 1000, 1000, 7", "77, 0, 0, 0", "small, 9, 9, 0", "done, 0, 0, 0",
        "done, -5, 7, 0",
    ])
    func aDecoderThatLiesIsNotBelieved(_ answer: String) async throws {
        let folder = try ScratchFolder()
        let program = try Self.liar(answer, in: folder)
        try folder.write(PictureFolderSourceTests.picture(1).encoded(.png), to: "pictures/a.png")
        let source = try PictureFolderSource(
            folder: folder.path("pictures"),
            options: Self.options(patience: Double(10 * Patience.stretch), program: program))
        let log = try await Self.read(source)
        #expect(log.frames.isEmpty && log.skipped.count == 1, "\(log)")
    }

    @Test func aProgramThatIsNoDecoderIsOneClearReason() async throws {
        let folder = try ScratchFolder()
        try folder.write(PictureFolderSourceTests.picture(1).encoded(.png), to: "a.png")
        let log = try await Self.read(
            try PictureFolderSource(folder: folder.root, options: Self.options(program: "/bin/false")))
        #expect(log.frames.isEmpty && log.skipped == ["a.png: the decoder ended (status 1)"])
    }

    @Test(.enabled(if: RTSPServer.isPossible, "python3-gi with gir1.2-gst-rtsp-server-1.0 is not installed"))
    func aCameraIsReadAndComesBackAfterItsDecoderHung() async throws {
        let server = RTSPServer()
        try server.start()
        var options = Self.options()
        options.live = LiveTiming(
            stallAfter: MediaTime(milliseconds: 1500), firstRetry: MediaTime(milliseconds: 300),
            longestRetry: MediaTime(milliseconds: 1000))
        let source = try LiveSource.rtsp(server.address("live"), options: options)
        #expect(await SourceLog.read(source, limit: 5).frames.count == 5)
        let hung = try #require(Self.children().first)
        kill(hung, SIGSTOP)
        var log = SourceLog()
        while log.frames.filter({ $0.index > 30 }).isEmpty, let event = try await source.next() { log.add(event) }
        #expect(log.states.map(\.name).contains("stalled"))
        #expect(!Self.children().contains(hung))
        source.stop()
        #expect(await Patience.holds(within: .seconds(10)) { Self.children().isEmpty })
    }
}
