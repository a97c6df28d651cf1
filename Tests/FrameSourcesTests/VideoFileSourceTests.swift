import Foundation
import ShrikeCore
import Testing

@testable import FrameSources

@Suite(.enabled(if: NumberedClip.isPossible, "ffmpeg is not installed"))
struct VideoFileSourceTests {
    struct Format: Sendable, CustomTestStringConvertible {
        var file: String
        var codec: [String]
        var testDescription: String { "\(codec[1]) in \(file)" }

        static let h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "18", "-g", "12", "-bf", "2"]
        static let h265 = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:bframes=2"]
        static let mjpeg = ["-c:v", "mjpeg", "-q:v", "2"]
        static let all =
            ["clip.mp4", "clip.mkv", "clip.avi", "clip.ts"].map { Format(file: $0, codec: h264) }
            + ["clip.mp4", "clip.mkv", "clip.ts"].map { Format(file: $0, codec: h265) }
            + ["clip.mp4", "clip.mkv", "clip.avi"].map { Format(file: $0, codec: mjpeg) }
    }

    @Test(arguments: Format.all)
    func deliversEveryPictureInOrder(_ format: Format) async throws {
        let folder = try ScratchFolder()
        let path = try NumberedClip.make(format.file, codec: format.codec, frames: 40, in: folder)
        let log = await SourceLog.read(try VideoFileSource(path: path))
        #expect(log.error == nil)
        #expect(log.frames.map(\.number) == Array(0..<40))
        #expect(log.indices == Array(0..<40))
        #expect(log.skipped == [])
        for (index, frame) in log.frames.enumerated() {
            #expect(abs(frame.mediaTime.seconds - log.frames[0].mediaTime.seconds - Double(index) / 10) < 0.051)
        }
        try await SourceContract.check(frames: 40) { try VideoFileSource(path: path) }
    }

    @Test(arguments: Format.all)
    func continuesAtThePictureOfTheCursor(_ format: Format) async throws {
        let folder = try ScratchFolder()
        let path = try NumberedClip.make(format.file, codec: format.codec, frames: 30, in: folder)
        let whole = await SourceLog.read(try VideoFileSource(path: path))
        let source = try VideoFileSource(path: path)
        source.resume(after: FrameCursor(origin: source.origin, frameIndex: 17, mediaTime: .zero))
        let rest = await SourceLog.read(source)
        #expect(rest.frames == Array(whole.frames[17...]))
    }

    @Test func aCompleteCursorEndsAtOnceAndAForeignOneIsIgnored() async throws {
        let folder = try ScratchFolder()
        let path = try NumberedClip.make("a.mp4", codec: Format.h264, frames: 5, in: folder)
        let origin = try VideoFileSource(path: path).origin
        var options = SourceOptions()
        options.startAfter = FrameCursor(origin: origin, frameIndex: 4, mediaTime: .zero, isComplete: true)
        #expect(await SourceLog.read(try VideoFileSource(path: path, options: options)).frames.isEmpty)
        options.startAfter = FrameCursor(origin: "another", frameIndex: 3, mediaTime: .zero)
        #expect(await SourceLog.read(try VideoFileSource(path: path, options: options)).indices == [0, 1, 2, 3, 4])
    }

    @Test func deliversOnlyTheTimeRangeAskedForAndDatesIt() async throws {
        let folder = try ScratchFolder()
        let path = try NumberedClip.make("a.mp4", codec: Format.h264 + ["-bf", "0"], frames: 30, in: folder)
        var options = SourceOptions(from: MediaTime(milliseconds: 500), to: MediaTime(milliseconds: 900))
        options.recordingStart = CaptureTime(time: Timestamp(microseconds: 0), quality: .file)
        options.decoderProcessors = 1
        let source = try VideoFileSource(path: path, options: options)
        var seen: [(Int64, Int64?)] = []
        while let event = try await source.next() {
            if case .frame(let frame) = event { seen.append((frame.index, frame.captureTime?.time.microseconds)) }
        }
        #expect(seen.map(\.0) == [5, 6, 7, 8, 9])
        #expect(seen.map(\.1) == [500_000, 600_000, 700_000, 800_000, 900_000])
    }

    @Test func identityIsTheContentNotTheName() throws {
        let folder = try ScratchFolder()
        let path = try NumberedClip.make("a.mp4", codec: Format.h264, frames: 5, in: folder)
        var bytes = try folder.read("a.mp4")
        let copy = try folder.write(bytes, to: "other name.mp4")
        bytes[bytes.count / 2] ^= 1
        let changed = try folder.write(bytes, to: "changed.mp4")
        let origin = try VideoFileSource(path: path).origin
        #expect(try VideoFileSource(path: copy).origin == origin)
        #expect(try VideoFileSource(path: changed).origin != origin)
        #expect(try VideoFileSource(path: copy).info.id == "other-name")
    }

    @Test func aSlowReaderLosesNothing() async throws {
        let folder = try ScratchFolder()
        let path = try NumberedClip.make("a.mkv", codec: Format.h264, frames: 20, in: folder)
        let source = try VideoFileSource(path: path, options: SourceOptions(readAhead: 1))
        var numbers: [Int] = []
        while let event = try await source.next() {
            try await Task.sleep(for: .milliseconds(10))
            if case .frame(let frame) = event { numbers.append(NumberedClip.number(in: frame)) }
        }
        #expect(numbers == Array(0..<20))
    }

    @Test func aCutFileGivesWhatItHasAndSaysWhatIsMissing() async throws {
        let folder = try ScratchFolder()
        _ = try NumberedClip.make(
            "a.mp4", codec: Format.h264 + ["-movflags", "+faststart"], frames: 240, in: folder)
        let bytes = try folder.read("a.mp4")
        let cut = try folder.write(Array(bytes.prefix(bytes.count * 7 / 10)), to: "cut.mp4")
        let log = await SourceLog.read(try VideoFileSource(path: cut))
        #expect((1..<240).contains(log.frames.count))
        #expect(log.frames.map(\.number).first == 0)
        #expect(log.skipped.contains { $0.contains("cut short") })
    }

    @Test func whatIsNoVideoIsRefusedWithWhatToDo() async throws {
        let folder = try ScratchFolder()
        for (name, bytes) in [("empty.mp4", []), ("text.mp4", Array("#EXTM3U\nhttp://127.0.0.1/x.ts\n".utf8))] {
            let path = try folder.write(bytes, to: name)
            let error = #expect(throws: SourceError.self) { try VideoFileSource(path: path) }
            #expect(error?.place == path && error?.remedy.isEmpty == false)
        }
        #expect(throws: SourceError.self) { try VideoFileSource(path: folder.path("missing.mp4")) }
        #expect(throws: SourceError.self) { try VideoFileSource(path: folder.root) }
        let bytes = Array("\0\0\0\u{18}ftypisom".utf8) + [UInt8](repeating: 7, count: 4000)
        let hollow = try folder.write(bytes, to: "h.mp4")
        #expect(await SourceLog.read(try VideoFileSource(path: hollow)).error != nil)
    }
}
