import Foundation
import Imaging
import ShrikeCore
import TestKit
import Testing

@testable import FrameSources

/// Damaged footage: 200 seeded mutations of videos and pictures. None may crash or hang; each gets its verdict.
@Suite(.timeLimit(.minutes(20)))
struct MutationTests {
    /// SplitMix64, so that a failure can be repeated.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static func mutated(_ bytes: [UInt8], seed: Int) -> [UInt8] {
        var dice = Dice(state: UInt64(seed))
        var copy = bytes
        switch seed % 4 {
        case 0: copy = Array(copy.prefix(Int.random(in: 0..<copy.count, using: &dice)))
        case 1: for _ in 0..<8 { copy[Int.random(in: 0..<copy.count, using: &dice)] ^= 1 << (seed % 8) }
        case 2:
            for _ in 0..<200 {
                copy[Int.random(in: 0..<copy.count, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
            }
        default:
            // Headers are where sizes and offsets are.
            let head = min(600, copy.count)
            for _ in 0..<12 { copy[Int.random(in: 0..<head, using: &dice)] = UInt8.random(in: 0...255, using: &dice) }
        }
        return copy
    }

    /// Reads to the end; returns frames seen, whatever else came.
    private static func verdict(on path: String) async -> Int {
        do { return await SourceLog.read(try await FootageSources.open(path)).frames.count } catch { return 0 }
    }

    @Test(.enabled(if: NumberedClip.isPossible, "ffmpeg is not installed"))
    func damagedVideosGetTheirVerdict() async throws {
        let folder = try ScratchFolder()
        let formats = VideoFileSourceTests.Format.all
        var slowest = Duration.zero
        for (number, format) in formats.enumerated() {
            let name = "\(number)-\(format.file)"
            _ = try NumberedClip.make(name, codec: format.codec, frames: 12, in: folder)
            let bytes = try folder.read(name)
            for round in 0..<10 {
                let path = try folder.write(Self.mutated(bytes, seed: number * 100 + round), to: "damaged-\(name)")
                let start = ContinuousClock.now
                let frames = await Self.verdict(on: path)
                #expect(frames <= 1000)
                slowest = max(slowest, ContinuousClock.now - start)
            }
            #expect(await Self.verdict(on: folder.path(name)) == 12, "the next good file is read as ever")
        }
        #expect(slowest < .seconds(10) * Patience.stretch)
    }

    @Test func damagedPicturesGetTheirVerdict() async throws {
        let folder = try ScratchFolder()
        let image = try PictureFolderSourceTests.picture(0b1010_0101, width: 160, height: 120)
        let gray = try image.gray()
        let files: [(String, [UInt8])] = [
            ("a.jpg", try PictureFolderSourceTests.jpeg(3, orientation: 6, time: "2024:05:01 10:00:07")),
            ("b.png", try image.encoded(.png)), ("c.tiff", try image.encoded(.tiff)), ("d.png", try gray.encoded(.png)),
            ("e.tiff", try gray.encoded(.tiff)),
        ]
        var slowest = Duration.zero
        for (name, bytes) in files {
            for seed in 0..<20 {
                let path = try folder.write(Self.mutated(bytes, seed: seed + bytes.count), to: name)
                let start = ContinuousClock.now
                #expect(await Self.verdict(on: path) <= 1)
                slowest = max(slowest, ContinuousClock.now - start)
            }
            try folder.write(bytes, to: name)
            #expect(await Self.verdict(on: folder.path(name)) == 1)
        }
        #expect(slowest < .seconds(5) * Patience.stretch)
    }

    @Test func headersOfAnyBytesAreSafe() {
        var dice = Dice(state: 5)
        let signatures: [[UInt8]] = [
            [0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [0x49, 0x49, 42, 0],
            [0x4D, 0x4D, 0, 42],
        ]
        for start in signatures {
            for length in 0..<300 {
                let bytes = start + (0..<length).map { _ in UInt8.random(in: 0...255, using: &dice) }
                if case .picture(let header) = PictureHeader.read(bytes) { #expect(header.width >= 0) }
                _ = VideoContainer(header: bytes)
            }
        }
    }
}
