import Foundation
import ShrikeCore
import TestKit
import Testing

@testable import Telemetry

@Suite("Subtitle tracks in MP4 and MOV")
struct MovieSubtitlesTests {
    static func cue(_ index: Int) -> String {
        "FrameCnt: \(index + 1), DiffTime: 1000ms\n2021-12-25 12:27:\(index + 10).000\n"
            + "[iso: 220] [shutter: 1/8000.0] [fnum: 3.2] [focal_len: 24.00] [latitude: 3.4153\(index)] "
            + "[longitude: -3.37440] [rel_alt: 20.\(index)00 abs_alt: 40.401]"
    }

    static let texts = (0..<5).map(cue)

    @Test("samples become telemetry with the times of the track", arguments: ["tx3g", "text", "mp4s"], [false, true])
    func samples(format: String, large: Bool) throws {
        let movie = MovieWriter.movie(Self.texts, format: format, large: large, styled: format == "tx3g")
        let track = try #require(try EmbeddedTelemetry.read(movie, file: "a.mp4"))
        #expect(track.variants == ["dji-mavic-3"])
        #expect(track.samples.map(\.mediaTime.milliseconds) == [0, 1000, 2000, 3000, 4000])
        #expect(track.samples.map(\.pose.latitude) == [3.41530, 3.41531, 3.41532, 3.41533, 3.41534])
        #expect(track.samples.last?.pose.relativeAltitude == 20.4)
        #expect(track.samples.first?.localTime?.rfc3339 == "2021-12-25T12:27:10.000Z")
    }

    @Test("the movie header tells when the recording was begun, unless the camera's clock was never set")
    func creationTime() {
        // 2026-05-01T09:30:00Z, 1904-01-01 and 1980-01-01.
        #expect(
            MovieClock.creationTime(MovieWriter.movie(Self.texts, created: 3_860_472_600))?.rfc3339
                == "2026-05-01T09:30:00.000Z")
        #expect(MovieClock.creationTime(MovieWriter.movie(Self.texts)) == nil)
        #expect(MovieClock.creationTime(MovieWriter.movie(Self.texts, created: 2_398_377_600)) == nil)
        #expect(MovieClock.creationTime(Array("no movie at all, only text".utf8)) == nil)
    }

    @Test("an edit list that delays the track delays its times")
    func edits() throws {
        let track = try #require(try EmbeddedTelemetry.read(MovieWriter.movie(Self.texts, delay: 2500), file: "a.mp4"))
        #expect(track.samples.first?.mediaTime.milliseconds == 2500)
    }

    @Test("counters and blank lines of an embedded side-car do not cut its blocks")
    func counters() throws {
        let texts = (0..<3).map { "\($0 + 7)\n\n" + Self.cue($0) + "\n\n" }
        let track = try #require(try EmbeddedTelemetry.read(MovieWriter.movie(texts), file: "a.mp4"))
        #expect(track.samples.map(\.mediaTime.milliseconds) == [0, 1000, 2000])
    }

    @Test("a video without subtitles has no telemetry; a film's subtitles and a cut file are refused")
    func others() throws {
        #expect(try EmbeddedTelemetry.read(MovieWriter.movie(Self.texts, format: "hvc1"), file: "a.mp4") == nil)
        #expect(try EmbeddedTelemetry.read([UInt8]("RIFF....AVI LIST".utf8), file: "a.avi") == nil)
        #expect(throws: TelemetryError.self) {
            try EmbeddedTelemetry.read(MovieWriter.movie(["Hello", "there"]), file: "a.mp4")
        }
        let movie = MovieWriter.movie(Self.texts)
        let error = #expect(throws: TelemetryError.self) {
            try EmbeddedTelemetry.read(Array(movie.dropLast(20)), file: "cut.mp4")
        }
        #expect(error?.what.contains("no index") == true)
    }

    @Test("2,000 mutations are read or refused, never a trap")
    func mutations() {
        let movies = [
            MovieWriter.movie(Self.texts, delay: 100, styled: true), MovieWriter.movie(Self.texts, large: true),
        ]
        var random = SeededRandom(seed: 41)
        var (accepted, refused) = (0, 0)
        for round in 0..<2000 {
            var bytes = movies[round % 2]
            for _ in 0...Int(random.next() % 5) {
                // Half of the hits go to the index, which is most of what can go wrong.
                let low = random.next() % 2 == 0 ? 0 : max(0, bytes.count - 330)
                let at = low + Int(random.next() % UInt64(bytes.count - low))
                switch random.next() % 4 {
                case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[at] = [0, 0x7F, 0x80, 0xFF][Int(random.next() % 4)]
                case 2: bytes.remove(at: at)
                default: bytes.removeLast(min(bytes.count - 64, Int(random.next() % 40)))
                }
            }
            if let track = try? EmbeddedTelemetry.read(bytes, file: "m.mp4") {
                accepted += 1
                #expect(track.samples.count <= 64)
            } else {
                refused += 1
            }
        }
        #expect(accepted > 0)
        #expect(refused > 0)
    }

    @Test(
        "a file made by ffmpeg gives the side-car's places and times", .enabled(if: FFmpegProgram.isThere, "no ffmpeg"),
        arguments: ["mp4", "mov"])
    func ffmpeg(container: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "subtitles-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = Self.texts.enumerated().map { index, text in
            "\(index + 1)\n00:00:0\(index),500 --> 00:00:0\(index + 1),500\n<font size=\"28\">\(text)</font>\n\n"
        }.joined()
        let side = folder.appending(path: "a.srt")
        try Data(text.utf8).write(to: side)
        let video = folder.appending(path: "a.\(container)")
        try FFmpegProgram.run([
            "-f", "lavfi", "-i", "color=size=64x48:rate=25:duration=6", "-i", side.path, "-map", "0:v", "-map", "1",
            "-c:v", "mpeg4", "-c:s", "mov_text", video.path,
        ])
        let track = try #require(try EmbeddedTelemetry.read(RecordingFile(path: video.path), file: "a.\(container)"))
        let expected = try DJISubtitles.parse(Array(text.utf8), file: "a.srt")
        #expect(track.samples.map(\.pose) == expected.samples.map(\.pose))
        #expect(track.samples.map(\.localTime) == expected.samples.map(\.localTime))
        #expect(track.samples.map(\.mediaTime) == expected.samples.map(\.mediaTime))
    }
}
