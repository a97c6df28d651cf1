import Foundation
import Imaging
import ShrikeCore
import SyntheticFootage
import Testing

struct FootageGeneratorTests {
    private func inFolder<R>(_ body: (String) throws -> R) rethrows -> R {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "shrike-footage-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder.path)
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    @Test(arguments: FootageKind.allCases)
    func leavesAVideoOfTheSizeAndLengthThatItsTruthStates(kind: FootageKind) throws {
        try inFolder { folder in
            var shares: [Double] = []
            let made = try FootageGenerator.generate(kind: kind, seed: 3, seconds: 1, to: folder) { shares.append($0) }
            var reader = try VideoReader(#require(made.videoPath))
            #expect(reader.properties.width == made.truth.width && reader.properties.height == made.truth.height)
            var frames = 0
            while try reader.grab() { frames += 1 }
            #expect(frames == made.truth.frameCount && frames == 15)
            #expect(shares.last == 1 && shares == shares.sorted())
            let document = try JSONValue(parsing: bytes(made.truthPath), maximumBytes: 1 << 24)
            #expect(document["annotations"]?.arrayValue?.count == made.truth.observations.count)
            #expect(document["images"]?.arrayValue?.count == 15)
            let cues = try String(decoding: bytes(made.telemetryPath), as: UTF8.self).components(
                separatedBy: "FrameCnt: ")
            #expect(cues.count == 16)
        }
    }

    @Test func theSameSeedGivesTheSameFiles() throws {
        try inFolder { folder in
            let options = FootageOptions(framesPerSecond: 5, writes16Bit: true, writesVideo: false)
            let a = try FootageGenerator.generate(
                kind: .solar, seed: 11, seconds: 1, to: folder + "/a", options: options)
            let b = try FootageGenerator.generate(
                kind: .solar, seed: 11, seconds: 1, to: folder + "/b", options: options)
            #expect(try bytes(a.telemetryPath) == bytes(b.telemetryPath))
            #expect(try bytes(a.truthPath) == bytes(b.truthPath))
            for frame in 1...5 {
                let name = "/00000\(frame).png"
                #expect(try bytes(#require(a.framesFolder) + name) == bytes(#require(b.framesFolder) + name))
            }
        }
    }

    @Test(arguments: [0, -1, 121, Double.nan, .infinity])
    func refusesLengthsItCannotMake(seconds: Double) {
        #expect(throws: FootageError.self) {
            try FootageGenerator.generate(kind: .solar, seed: 1, seconds: seconds, to: NSTemporaryDirectory())
        }
    }

    @Test func aFolderThatCannotBeMadeIsAClearError() {
        #expect(throws: FootageError.self) {
            try FootageGenerator.generate(kind: .solar, seed: 1, seconds: 1, to: "/dev/null/footage")
        }
    }
}
