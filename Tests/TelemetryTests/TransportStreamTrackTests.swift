import Foundation
import ShrikeCore
import TestKit
import Testing

@testable import Telemetry

@Suite("KLV in transport streams")
struct TransportStreamTrackTests {
    /// A packet with a time, a heading that counts, and padding that spreads it over several transport packets.
    static func packet(_ index: Int, padding: Int = 0) -> [UInt8] {
        let time = 1_600_000_000_000_000 + index * 500_000
        return MISBPacketTests.packet([
            (2, MovieWriter.number(time, 8)), (5, MovieWriter.number(index * 100, 2)),
            (13, MovieWriter.number(0x5595_B66D, 4)), (14, MovieWriter.number(0x5B53_60C4, 4)),
            (15, MovieWriter.number(0xC221, 2)), (3, [UInt8](repeating: 65, count: min(padding, 120))),
            (10, [UInt8](repeating: 66, count: min(padding, 120))),
        ])
    }

    static func stream(
        _ carriage: TransportWriter.Carriage, stride: Int = 188, start: Int64 = 900_000, packets: Int = 8,
        isTimed: Bool = true
    ) -> [UInt8] {
        var writer = TransportWriter(carriage, stride: stride)
        let turn: Int64 = 1 << 33
        for index in 0..<packets {
            // Two pictures per packet, the first stored later than it is shown.
            writer.picture(at: (start + Int64(index) * 45_000 + 3600) % turn)
            writer.picture(at: (start + Int64(index) * 45_000) % turn)
            writer.packet(
                packet(index, padding: index * 40),
                at: isTimed ? (start + Int64(index) * 45_000 + 900) % turn : nil)
        }
        return writer.bytes
    }

    @Test(
        "packets get their presentation time after the first picture",
        arguments: [
            TransportWriter.Carriage.asynchronous, .synchronous, .synchronousWithoutHeaders,
        ], [188, 192, 204])
    func times(carriage: TransportWriter.Carriage, stride: Int) throws {
        let track = try #require(try EmbeddedTelemetry.read(Self.stream(carriage, stride: stride), file: "a.ts"))
        #expect(track.samples.map(\.mediaTime.milliseconds) == (0..<8).map { Int64($0) * 500 + 10 })
        #expect(track.method == .klv)
        #expect(track.samples.allSatisfy { abs(($0.pose.latitude ?? 0) - 60.1768229669783) < 1e-9 })
        #expect(track.samples.last?.localTime?.microseconds == 1_600_000_003_500_000)
        #expect(track.issues.isEmpty, "\(track.issues)")
    }

    @Test("times go on where the 33-bit clock turns over")
    func wrap() throws {
        let bytes = Self.stream(.synchronous, start: (1 << 33) - 100_000)
        let track = try #require(try EmbeddedTelemetry.read(bytes, file: "a.ts"))
        #expect(track.samples.map(\.mediaTime.milliseconds) == (0..<8).map { Int64($0) * 500 + 10 })
    }

    @Test("packets without a time take that of the picture before them")
    func untimed() throws {
        let track = try #require(
            try EmbeddedTelemetry.read(Self.stream(.asynchronous, isTimed: false), file: "a.ts"))
        #expect(track.samples.map(\.mediaTime.milliseconds) == (0..<8).map { Int64($0) * 500 })
    }

    @Test("lost and damaged packets cost their own samples only, and are told")
    func losses() throws {
        var bytes = Self.stream(.asynchronous, packets: 12)
        // Cut three packets out of the middle and write rubbish over a stretch.
        bytes.removeSubrange(188 * 20..<188 * 23)
        for index in 188 * 30..<188 * 31 + 77 { bytes[index] = 0x55 }
        let track = try #require(try EmbeddedTelemetry.read(bytes, file: "a.ts"))
        #expect(track.samples.count >= 8)
        #expect(track.samples.count < 12)
        for sample in track.samples {
            let index = ((sample.localTime?.microseconds ?? 0) - 1_600_000_000_000_000) / 500_000
            #expect(sample.mediaTime.milliseconds == index * 500 + 10)
        }
        #expect(!track.issues.isEmpty)
    }

    @Test("a stream without KLV has no telemetry, one without a sound packet is refused")
    func none() throws {
        var writer = TransportWriter(.asynchronous, isRegistered: false)
        for index in 0..<20 { writer.picture(at: Int64(index) * 3600) }
        #expect(try EmbeddedTelemetry.read(writer.bytes, file: "a.ts") == nil)
        var silent = TransportWriter(.asynchronous)
        for index in 0..<20 { silent.picture(at: Int64(index) * 3600) }
        silent.packet([1, 2, 3], at: 0)
        #expect(throws: TelemetryError.self) { try EmbeddedTelemetry.read(silent.bytes, file: "a.ts") }
    }

    @Test(
        "a stream that ffmpeg wrote gives the same packets at the same times",
        .enabled(if: FFmpegProgram.isThere, "no ffmpeg"))
    func ffmpeg() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "transport-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let ours = folder.appending(path: "ours.ts")
        var writer = TransportWriter(.asynchronous)
        for index in 0..<8 { writer.packet(Self.packet(index), at: 90_000 + Int64(index) * 45_000) }
        try Data(writer.bytes).write(to: ours)
        let theirs = folder.appending(path: "theirs.ts")
        try FFmpegProgram.run([
            "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=5", "-i", ours.path, "-map", "0:v", "-map",
            "1:d", "-c:v", "mpeg2video", "-bf", "2", "-c:d", "copy", "-f", "mpegts", theirs.path,
        ])
        let track = try #require(try EmbeddedTelemetry.read(RecordingFile(path: theirs.path), file: "theirs.ts"))
        #expect(
            track.samples.map(\.localTime?.microseconds) == (0..<8).map { 1_600_000_000_000_000 + $0 * 500_000 })
        // ffmpeg writes KLV without times, so each packet has that of the picture it travels with.
        let times = track.samples.map(\.mediaTime.milliseconds)
        #expect(times.enumerated().allSatisfy { abs($1 - Int64($0) * 500) <= 80 }, "\(times)")
    }

    @Test("2,000 mutations are read or refused, never a trap, and sound packets keep their time")
    func mutations() {
        let streams = [Self.stream(.asynchronous), Self.stream(.synchronous)]
        var random = SeededRandom(seed: 51)
        var (accepted, refused) = (0, 0)
        for round in 0..<2000 {
            var bytes = streams[round % 2]
            for _ in 0...Int(random.next() % 12) {
                let at = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 5 {
                case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[at / 188 * 188 + Int(random.next() % 20)] ^= UInt8(1 << (random.next() % 8))
                case 2: bytes[Int(random.next() % 376)] = UInt8(truncatingIfNeeded: random.next())
                case 3: bytes.remove(at: at)
                default: bytes.removeSubrange(at..<min(bytes.count, at + Int(random.next() % 300)))
                }
                if bytes.count < 1000 { break }
            }
            if let track = try? EmbeddedTelemetry.read(bytes, file: "m.ts") {
                accepted += 1
                #expect(track.samples.count <= 8)
            } else {
                refused += 1
            }
        }
        #expect(accepted > 100)
        #expect(refused > 100)
    }
}
