import Foundation
import TestKit
import Testing

/// Footage for all tests of this target, made once by `shrike generate` and removed at the end of the process.
enum Footage {
    private static let folder: URL = {
        atexit { try? FileManager.default.removeItem(at: Footage.folder) }
        return FileManager.default.temporaryDirectory.appending(path: "shrike-footage-\(UUID().uuidString)")
    }()
    // Never cancelled: every test waits for the same footage.
    private static let solar = Task { try await make("solar", seconds: 4) }

    /// A thermal fly-over of 4 s at 8 frames a second, with telemetry beside it.
    static var solarVideo: String { get async throws { try await solar.value } }

    private static func make(_ kind: String, seconds: Int) async throws -> String {
        let result = try await ShrikeProcess.run(
            ["generate", kind, "--seconds", "\(seconds)", "--fps", "8", "--out", folder.path])
        try #require(result.ending == .exited(0), "\(result.errors)")
        let video = try #require(result.output.first)
        return video
    }

    /// Pictures of a video, as JPEG files in a new folder.
    static func pictures(of video: String, count: Int, in folder: TestFolder, named name: String) async throws {
        try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        let result = try await ShrikeProcess.run(
            ["-v", "error", "-i", video, "-frames:v", "\(count)", "-q:v", "3", folder.path(name) + "/%03d.jpg"],
            program: "ffmpeg")
        try #require(result.ending == .exited(0), "\(result.errors)")
    }
}
