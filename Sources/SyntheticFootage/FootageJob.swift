import Foundation
import Imaging
import Kernels
import ShrikeCore

/// One run of the generator: what was asked for and where the files go.
struct FootageJob: Sendable {
    var seed: UInt64
    var seconds: Double
    var folder: String
    var options: FootageOptions

    var frameCount: Int { max(1, Int((seconds * Double(options.framesPerSecond)).rounded())) }

    /// Frames rendered side by side; small, so that memory stays small too.
    private var batch: Int { 4 }

    func path(_ name: String) -> String { folder + "/" + name }

    func time(ofFrame frame: Int) -> Double { Double(frame) / Double(options.framesPerSecond) }

    func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw FootageError("file cannot be written", at: path, remedy: "check free space and permissions")
        }
    }

    /// Renders all frames in order and hands each to `take`.
    private func renderAll(
        _ render: @escaping @Sendable (Int) throws -> PixelBuffer, progress: (Double) -> Void,
        take: (Int, PixelBuffer) throws -> Void
    ) throws {
        var next = 0
        while next < frameCount {
            let range = next..<min(next + batch, frameCount)
            try FrameBatch(range, render: render).inOrder { pixels in
                try take(next, pixels)
                next += 1
            }
            progress(Double(next) / Double(frameCount))
        }
    }

    /// Writes the video of the footage and, where the options ask for them, single pictures with labels.
    ///
    /// - Returns: the folder of the pictures; nil where there are none.
    func writeVideo(
        to path: String, truth: FootageTruth, progress: (Double) -> Void,
        render: @escaping @Sendable (Int) throws -> PixelBuffer
    ) throws -> String? {
        var writer = try VideoWriter(
            path: path, codec: .h264, framesPerSecond: Double(options.framesPerSecond), width: truth.width,
            height: truth.height)
        let labeled = truth.framesToLabel(options.labeledPictures)
        let pictures = String(path.dropLast(4)) + "_pictures"
        if !labeled.isEmpty { try makeFolder(pictures) }
        try renderAll(render, progress: progress) { frame, pixels in
            try pixels.withImage { image in
                try writer.write(image)
                guard labeled.contains(frame) else { return }
                try write(image.encoded(.png), to: pictures + "/" + FootageTruth.pictureName(frame))
            }
        }
        guard !labeled.isEmpty else { return nil }
        try write(truth.labels(ofFrames: labeled).canonicalText.utf8, to: pictures + "/labels.json")
        return pictures
    }

    private func makeFolder(_ folder: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FootageError("folder cannot be made", at: folder, remedy: "choose a folder that can be written to")
        }
    }

    /// Writes numbered 16-bit pictures into a folder.
    func writePictures(
        to folder: String, progress: (Double) -> Void, render: @escaping @Sendable (Int) throws -> PixelBuffer
    ) throws {
        try makeFolder(folder)
        try renderAll(render, progress: progress) { frame, pixels in
            let png = try pixels.withImage { image in try image.encoded(.png) }
            try write(png, to: folder + String(format: "/%06d.png", frame + 1))
        }
    }
}
