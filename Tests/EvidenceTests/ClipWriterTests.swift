import Evidence
import Foundation
import Imaging
import ShrikeCore
import Testing

@Suite struct ClipWriterTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "clips-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    /// 60 frames of a bar that moves one step a frame, 10 frames a second, 1280 x 720.
    private func footage(_ folder: URL) throws -> String {
        let path = folder.appending(path: "footage.mp4").path
        var writer = try VideoWriter(path: path, codec: .h264, framesPerSecond: 10, width: 1280, height: 720)
        for i in 0..<60 {
            var frame = try Image(width: 1280, height: 720)
            try frame.fill(blue: 70, green: 90, red: 80)
            try frame.draw(
                Box(x: Double(i * 20), y: 100, width: 20, height: 500), color: .white, thickness: -1)
            try writer.write(frame)
        }
        return path
    }

    private func frames(_ path: String) throws -> (count: Int, width: Int) {
        var reader = try VideoReader(path)
        var count = 0
        while try reader.grab() { count += 1 }
        return (count, reader.properties.width)
    }

    @Test func cutsTheFramesAroundEachAlert() throws {
        try withFolder { folder in
            let requests = [5, 30, 31, 32, 33, 34, 58, 500].map {
                ClipRequest(
                    frameIndex: $0, className: "hot_cell", grade: .serious,
                    boxes: [$0: Box(x: 300, y: 200, width: 200, height: 200)])
            }
            let target = { (i: Int) in folder.appending(path: "clip-\(i).mp4") }
            let writer = ClipWriter(secondsBefore: 1, secondsAfter: 1)
            let written = try writer.write(requests, from: footage(folder), open: Footage.init, to: target)
            #expect(written == [0, 1, 2, 3, 4, 5, 6])
            let found = try written.map { try frames(target($0).path) }
            #expect(found.map(\.count) == [16, 21, 21, 21, 21, 21, 12])
            #expect(found.allSatisfy { $0.width == 960 })
            #expect(!FileManager.default.fileExists(atPath: target(7).path))
        }
    }

    /// Not byte for byte: the encoder reads memory beyond the picture that nobody wrote.
    @Test func sameFootageGivesTheSamePictures() throws {
        try withFolder { folder in
            let path = try footage(folder)
            let request = ClipRequest(
                frameIndex: 10, className: "x", grade: .info, boxes: [10: Box(x: 9, y: 9, width: 90, height: 90)])
            for name in ["a.mp4", "b.mp4"] {
                let written = try ClipWriter().write(
                    [request], from: path, open: Footage.init, to: { _ in folder.appending(path: name) })
                #expect(written == [0])
            }
            var a = try VideoReader(folder.appending(path: "a.mp4").path)
            var b = try VideoReader(folder.appending(path: "b.mp4").path)
            var first = try Image()
            var second = try Image()
            var count = 0
            while try a.grab() {
                guard try b.grab() else { break }
                try a.retrieve(into: &first)
                try b.retrieve(into: &second)
                let difference = meanDifference(first, second)
                #expect(difference < 1)
                count += 1
            }
            let isLonger = try b.grab()
            #expect(count == 31 && !isLonger)
        }
    }

    /// Mean absolute difference of two pictures of one size, in 8-bit steps.
    private func meanDifference(_ a: borrowing Image, _ b: borrowing Image) -> Double {
        guard a.width == b.width, a.height == b.height else { return .infinity }
        let rowBytes = 3 * a.width
        var sum = 0
        a.withUnsafeBytes { left in
            b.withUnsafeBytes { right in
                for y in 0..<a.height {
                    for x in 0..<rowBytes {
                        sum += abs(Int(left[y * a.bytesPerRow + x]) - Int(right[y * b.bytesPerRow + x]))
                    }
                }
            }
        }
        return Double(sum) / Double(max(1, rowBytes * a.height))
    }

    @Test func missingFootageIsOneClearError() {
        let request = ClipRequest(frameIndex: 1, className: "x", grade: .info, boxes: [:])
        #expect(throws: EvidenceError.self) {
            try ClipWriter().write(
                [request], from: "/nowhere.mp4", open: Footage.init, to: { _ in URL(filePath: "/tmp/none.mp4") })
        }
    }
}

private final class Footage: ClipFootage {
    private var reader: VideoReader
    private let pool = ImagePool(capacity: 2)

    init(_ path: String) throws { reader = try VideoReader(path) }

    var framesPerSecond: Double { reader.properties.framesPerSecond }
    func grab() throws -> Bool { try reader.grab() }

    func picture() throws -> PixelBuffer {
        var image = try pool.take()
        try reader.retrieve(into: &image)
        return try pool.freeze(image)
    }
}
