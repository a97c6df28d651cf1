import Evidence
import Foundation
import Imaging
import ShrikeCore
import Testing

@Suite(.enabled(if: ClipCutter.installed() != nil)) struct ClipCutterTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cutter-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func footage(_ folder: URL, _ name: String, codec: VideoWriter.Codec) throws -> String {
        let path = folder.appending(path: name).path
        var writer = try VideoWriter(path: path, codec: codec, framesPerSecond: 10, width: 640, height: 480)
        for i in 0..<60 {
            var frame = try Image(width: 640, height: 480)
            try frame.fill(blue: 70, green: Double(i * 4), red: 80)
            try writer.write(frame)
        }
        return path
    }

    /// The first pixel of every picture: each of these pictures is of one color.
    private func pictures(_ path: String) throws -> [[UInt8]] {
        var reader = try VideoReader(path)
        var image = try Image()
        var pictures: [[UInt8]] = []
        while try reader.grab() {
            try reader.retrieve(into: &image)
            pictures.append(image.withUnsafeBytes { Array($0.prefix(3)) })
        }
        return pictures
    }

    private func requests(_ frames: [Int64]) -> [ClipRequest] {
        frames.map { frame in
            ClipRequest(
                frameIndex: frame, className: "hot", grade: .serious,
                boxes: [frame: Box(x: 100, y: 50, width: 60, height: 40)])
        }
    }

    @Test func `a clip holds the very pictures of the recording, from a key picture on`() throws {
        try withFolder { folder in
            let video = try footage(folder, "v.mp4", codec: .h264)
            let cutter = try #require(ClipCutter.installed(secondsBefore: 1, secondsAfter: 1))
            let target: (Int) -> URL = { folder.appending(path: "clip-\($0).mp4") }
            let clips = try #require(
                cutter.cut(requests([5, 40, 500]), from: video, width: 640, height: 480, to: target))
            #expect(clips.keys.sorted() == [0, 1], "a frame beyond the end has no clip")
            #expect(!FileManager.default.fileExists(atPath: target(2).path))
            for position in 0...1 {
                let clip = try pictures(target(position).path)
                let original = try pictures(video)
                let start = try #require(original.firstIndex(of: clip[0]))
                // The last pictures may lean on one that is cut off.
                let count = clip.count - 3
                #expect(count > 5 && Array(original[start...].prefix(count)) == Array(clip.prefix(count)))
                #expect((start...(start + clip.count)).contains(position == 0 ? 5 : 40))
            }
            #expect(clips[0]?.contains("\\pos(100,50)\\p1}m 0 0 l 60 0 l 60 40 l 0 40") == true)
        }
    }

    @Test func `what MP4 does not hold or is no video is left to encoding`() throws {
        try withFolder { folder in
            let cutter = try #require(ClipCutter.installed())
            let target: (Int) -> URL = { folder.appending(path: "clip-\($0).mp4") }
            let video = try footage(folder, "v.avi", codec: .mjpeg)
            #expect(cutter.cut(requests([5]), from: video, width: 640, height: 480, to: target) == nil)
            try Data("no video".utf8).write(to: folder.appending(path: "x.mp4"))
            let none = folder.appending(path: "x.mp4").path
            #expect(cutter.cut(requests([5]), from: none, width: 640, height: 480, to: target) == nil)
            #expect(!FileManager.default.fileExists(atPath: target(0).path))
        }
    }
}
