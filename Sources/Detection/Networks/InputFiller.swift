internal import Imaging
internal import Kernels
internal import ShrikeCore

/// Scales pictures into a network's 8-bit input, through memory that is kept from picture to picture.
struct InputFiller {
    /// Grey pictures are scaled here before they become three channels.
    private var gray: [UInt8] = []
    /// What the input holds around the picture at present.
    private var filledFor: Letterbox?

    /// - Throws: ``DetectionError`` where `target` is not the letterbox's input.
    mutating func fill(
        _ target: UnsafeMutableBufferPointer<UInt8>, _ rows: PixelRows, _ letterbox: Letterbox, network: String
    ) throws {
        let stride = 3 * letterbox.inputWidth
        guard target.count == stride * letterbox.inputHeight, let base = target.baseAddress else {
            throw DetectionError("the network's input changed its size", at: network, remedy: "load it again")
        }
        if filledFor != letterbox {
            target.update(repeating: Letterbox.fill)
            filledFor = letterbox
        }
        let start = UnsafeMutableRawPointer(base + letterbox.top * stride + 3 * letterbox.left)
        if rows.channels == 3 {
            try rows.resize(into: start, width: letterbox.width, height: letterbox.height, bytesPerRow: stride)
            return
        }
        if gray.count != letterbox.width * letterbox.height {
            gray = [UInt8](repeating: 0, count: letterbox.width * letterbox.height)
        }
        try gray.withUnsafeMutableBytes { memory in
            guard let scaled = memory.baseAddress else { return }
            try rows.resize(
                into: scaled, width: letterbox.width, height: letterbox.height, bytesPerRow: letterbox.width)
            let rest = target.count - letterbox.top * stride - 3 * letterbox.left
            PixelConversion.grayToBGR(
                UnsafeRawBufferPointer(memory), grayBytesPerRow: letterbox.width,
                into: UnsafeMutableRawBufferPointer(start: start, count: rest), bytesPerRow: stride,
                width: letterbox.width, height: letterbox.height)
        }
    }
}
