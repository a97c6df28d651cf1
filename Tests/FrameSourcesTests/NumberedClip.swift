import Foundation
import ShrikeCore

/// Small clips whose pictures carry their own number: eight vertical bars are the bits of the frame index, lowest left.
enum NumberedClip {
    static let width = 128
    static let height = 64

    /// False where ffmpeg is not installed.
    static let isPossible = Tool.path(of: "ffmpeg") != nil

    static func make(
        _ name: String, codec: [String], frames: Int, rate: Int = 10, in folder: ScratchFolder
    ) throws -> String {
        let path = folder.path(name)
        let bars = "geq=lum='16+200*mod(floor(N/pow(2,floor(X/16))),2)':cb=128:cr=128"
        try Tool.run(
            "ffmpeg",
            ["-v", "error", "-y", "-f", "lavfi"]
                + ["-i", "color=gray:s=\(width)x\(height):r=\(rate),format=yuv420p,\(bars)"]
                + ["-frames:v", "\(frames)"] + codec + [path])
        return path
    }

    static func number(in frame: Frame) -> Int { number(in: frame.pixels) }

    static func number(in pixels: PixelBuffer) -> Int {
        let bytesPerPixel = pixels.format.bytesPerPixel
        return pixels.withUnsafeBytes { bytes in
            (0..<8).reduce(0) { number, bit in
                let x = (2 * bit + 1) * pixels.width / 16
                let value = bytes[pixels.height / 2 * pixels.bytesPerRow + x * bytesPerPixel]
                return number | (value > 110 ? 1 << bit : 0)
            }
        }
    }
}
