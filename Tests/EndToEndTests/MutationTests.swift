import Foundation
import ShrikeCore
import TestKit
import Testing

/// 200 damaged files, in folders of which each also holds one whole file: that one is analysed, the rest is told of.
@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable))
struct MutationTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// Cuts short, overwrites, removes or repeats a stretch, or flips bits; never the identity.
    private func damage(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        let begin = Int.random(in: 0..<bytes.count, using: &random)
        let length = Int.random(in: 1...max(1, min(4096, bytes.count - begin)), using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.removeLast(bytes.count - begin)
        case 1: for i in begin..<(begin + length) { bytes[i] = UInt8.random(in: 0...255, using: &random) }
        case 2: bytes.removeSubrange(begin..<(begin + length))
        case 3: bytes.insert(contentsOf: bytes[begin..<(begin + length)], at: begin)
        default:
            for _ in 0..<20 {
                let position = Int.random(in: 0..<min(bytes.count, 1024), using: &random)
                bytes[position] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
        }
        return bytes
    }

    private func replay(_ name: String) async throws -> ShrikeProcess.Result {
        try await ShrikeProcess.run(
            ["replay", folder.path(name), "--scene", "builtin:thermal-solar", "--no-clips", "--json"]
                + ["--out", folder.path("out-" + name)])
    }

    private func expectSurvival(_ result: ShrikeProcess.Result, _ name: String) throws {
        #expect([.exited(0), .exited(1)].contains(result.ending), "\(result.ending) \(result.errors.suffix(3))")
        #expect(result.output.count == 1, "\(result.errors)")
        let summary = try JSONValue(parsing: Array(result.output.joined().utf8), maximumBytes: 1 << 24)
        #expect(summary["run"]?.stringValue != nil)
        #expect(FileManager.default.fileExists(atPath: folder.path("out-\(name)/alerts.ndjson")))
    }

    @Test(arguments: ["jpg", "png", "tif"])
    func `fifty damaged pictures of a kind are analysed or told of, never fatal`(_ kind: String) async throws {
        let picture = folder.path("whole." + kind)
        let made = try await ShrikeProcess.run(
            ["-v", "error", "-i", try await Footage.solarVideo, "-frames:v", "1", "-vf", "scale=320:256", picture],
            program: "ffmpeg")
        try #require(made.ending == .exited(0), "\(made.errors)")
        let whole = try folder.bytes("whole." + kind)
        try folder.write(whole, to: "\(kind)/whole.\(kind)")
        var random = SeededRandom(seed: UInt64(kind.utf8.reduce(0) { $0 &* 31 &+ Int($1) }))
        for number in 0..<50 { try folder.write(damage(whole, &random), to: "\(kind)/damaged-\(number).\(kind)") }
        let result = try await replay(kind)
        try expectSurvival(result, kind)
        let summary = try folder.text("out-\(kind)/summary.json")
        #expect(summary.contains("damaged-"), "files that were skipped are named")
    }

    @Test(arguments: ["mp4", "avi"])
    func `twenty-five damaged videos of a kind are analysed or told of, never fatal`(_ kind: String) async throws {
        let codec = kind == "mp4" ? ["-c:v", "copy"] : ["-c:v", "mjpeg"]
        let made = try await ShrikeProcess.run(
            ["-v", "error", "-i", try await Footage.solarVideo, "-t", "0.5", "-vf", "scale=320:256"].dropLast(
                kind == "mp4" ? 2 : 0) + codec + [folder.path("whole." + kind)], program: "ffmpeg")
        try #require(made.ending == .exited(0), "\(made.errors)")
        let whole = try folder.bytes("whole." + kind)
        try folder.write(whole, to: "\(kind)/whole.\(kind)")
        var random = SeededRandom(seed: UInt64(kind.utf8.reduce(0) { $0 &* 37 &+ Int($1) }))
        for number in 0..<25 { try folder.write(damage(whole, &random), to: "\(kind)/damaged-\(number).\(kind)") }
        let result = try await replay(kind)
        try expectSurvival(result, kind)
        for line in result.errors where line.hasPrefix("shrike: ") {
            #expect(line.hasPrefix("shrike: not replayed: "), "\(line)")
        }
    }
}
