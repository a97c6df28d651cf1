import Foundation
import ShrikeCore
import Testing

@testable import FrameSources

/// Real clips beside the project, where they are.
struct RealClipTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/data/clips").standardizedFileURL.path(percentEncoded: false)

    @Test(.enabled(if: FileManager.default.fileExists(atPath: folder), "../shared/data/clips is absent"))
    func everyPictureOfARealClipIsReadTwiceTheSame() async throws {
        let path = Self.folder + "/bottle-detection.mp4"
        let first = await SourceLog.read(try await FootageSources.open(path))
        let second = await SourceLog.read(try await FootageSources.open(path))
        #expect(first.error == nil && first.skipped.isEmpty)
        #expect(first.indices == Array(0..<1189), "as many as ffprobe -count_frames finds")
        #expect(first.frames == second.frames)
    }
}
