import Imaging
import ShrikeCore

/// How 16-bit values become 8-bit grey: linear between two values, the rest saturated.
struct ToneMapping: Hashable {
    var low: Double
    var high: Double

    /// Spans the picture's 0.5th to 99.8th percentile, widened so that the box keeps its hottest value unclipped.
    ///
    /// - Parameters:
    ///   - values: 16-bit values of the picture, or of every n-th pixel of it.
    ///   - peak: largest value inside the box.
    init(values: some Sequence<UInt16>, peak: UInt16?) {
        var counts = [Int](repeating: 0, count: 65_536)
        var total = 0
        for value in values {
            counts[Int(value)] += 1
            total += 1
        }
        func quantile(_ share: Double) -> Double {
            let target = Int(share * Double(total))
            var seen = 0
            for (value, count) in counts.enumerated() {
                seen += count
                if seen > target { return Double(value) }
            }
            return 65_535
        }
        low = quantile(0.005)
        high = max(low + 1, quantile(0.998), Double(peak ?? 0))
    }

    var scale: Double { 255 / (high - low) }
    var shift: Double { -low * scale }
}

extension ToneMapping {
    /// Mapping for a `gray16` frame with a box of interest.
    init(_ pixels: PixelBuffer, box: Box) {
        let stride = max(1, Int((Double(pixels.width) * Double(pixels.height) / 400_000).squareRoot()))
        var values: [UInt16] = []
        var peak: UInt16?
        let inside = box.clipped(toWidth: Double(pixels.width), height: Double(pixels.height))
        pixels.withUnsafeBytes { bytes in
            func value(_ x: Int, _ y: Int) -> UInt16 {
                bytes.loadUnaligned(fromByteOffset: y * pixels.bytesPerRow + x * 2, as: UInt16.self)
            }
            for y in Swift.stride(from: 0, to: pixels.height, by: stride) {
                for x in Swift.stride(from: 0, to: pixels.width, by: stride) { values.append(value(x, y)) }
            }
            guard let inside else { return }
            for y in Int(inside.top)..<min(pixels.height, Int(inside.bottom.rounded(.up))) {
                for x in Int(inside.left)..<min(pixels.width, Int(inside.right.rounded(.up))) {
                    peak = max(peak ?? 0, value(x, y))
                }
            }
        }
        self.init(values: values, peak: peak)
    }
}
