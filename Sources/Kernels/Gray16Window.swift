internal import CKernels

/// Maps 16-bit counts to 8 bits by a window that outliers do not move: for pictures whose scale a network cannot know.
///
/// The window reaches from the `lowShare` to the `1 - highShare` quantile of the picture's own values, and is at least
/// `minimumSpan` counts wide around its middle, so that noise on an even scene is not blown up to full contrast.
public struct Gray16Window: Sendable {
    public var lowShare: Double
    public var highShare: Double
    public var minimumSpan: Int
    private var histogram: [UInt32] = []

    public init(lowShare: Double = 0.005, highShare: Double = 0.005, minimumSpan: Int = 64) {
        (self.lowShare, self.highShare, self.minimumSpan) = (lowShare, highShare, minimumSpan)
    }

    /// Writes `width * height` bytes.
    ///
    /// - Precondition: `rows` holds the picture in the machine's byte order, `out` the result.
    public mutating func map(
        _ rows: UnsafeRawBufferPointer, bytesPerRow: Int, width: Int, height: Int,
        into out: UnsafeMutableBufferPointer<UInt8>
    ) {
        guard width > 0, height > 0, let from = rows.baseAddress, let to = out.baseAddress else { return }
        precondition(bytesPerRow >= 2 * width && rows.count >= bytesPerRow * (height - 1) + 2 * width)
        precondition(out.count >= width * height)
        if histogram.isEmpty { histogram = [UInt32](repeating: 0, count: 65_536) }
        let start = from.assumingMemoryBound(to: UInt8.self)
        ck_histogram16(start, bytesPerRow, width, height, &histogram)
        let (low, high) = window(pixels: width * height)
        ck_window16(start, bytesPerRow, width, height, low, high, to)
    }

    private func window(pixels: Int) -> (UInt16, UInt16) {
        var low = quantile(Int(Double(pixels) * lowShare), over: 0...65_535)
        var high = quantile(Int(Double(pixels) * highShare), over: (0...65_535).reversed())
        if high - low < minimumSpan {
            let middle = (low + high) / 2
            low = max(0, middle - minimumSpan / 2)
            high = min(65_535, max(low + minimumSpan, high))
        }
        return (UInt16(clamping: low), UInt16(clamping: high))
    }

    /// The first value, in this order, before which more than `count` pixels lie.
    private func quantile(_ count: Int, over values: some Sequence<Int>) -> Int {
        var seen = 0
        for value in values {
            seen += Int(histogram[value])
            if seen > count { return value }
        }
        return 0
    }
}
