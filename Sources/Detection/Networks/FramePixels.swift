internal import Imaging
internal import Kernels
internal import ShrikeCore

/// Lends a frame's pixels as 8-bit rows of one or three channels; keeps the memory that 16-bit frames need.
struct FramePixels {
    private var window = Gray16Window()
    private var bytes: [UInt8] = []

    /// Networks know contrast, not temperature: 16-bit frames are mapped by ``Kernels/Gray16Window`` over the whole
    /// picture, whatever their scale, so a tile shows the same grey as its neighbour.
    mutating func withRows<R>(of pixels: PixelBuffer, _ body: (PixelRows) throws -> R) throws -> R {
        let (width, height) = (pixels.width, pixels.height)
        guard pixels.format == .gray16 else {
            return try pixels.withUnsafeBytes { memory in
                guard let base = memory.baseAddress else {
                    throw DetectionError("the frame has no pixels", at: "frame", remedy: "skip it")
                }
                return try body(
                    PixelRows(
                        base: base, width: width, height: height, bytesPerRow: pixels.bytesPerRow,
                        channels: pixels.format == .bgr8 ? 3 : 1))
            }
        }
        if bytes.count != width * height { bytes = [UInt8](repeating: 0, count: width * height) }
        pixels.withUnsafeBytes { memory in
            bytes.withUnsafeMutableBufferPointer {
                window.map(memory, bytesPerRow: pixels.bytesPerRow, width: width, height: height, into: $0)
            }
        }
        return try bytes.withUnsafeBytes { memory in
            guard let base = memory.baseAddress else {
                throw DetectionError("the frame has no pixels", at: "frame", remedy: "skip it")
            }
            return try body(PixelRows(base: base, width: width, height: height, bytesPerRow: width, channels: 1))
        }
    }
}
