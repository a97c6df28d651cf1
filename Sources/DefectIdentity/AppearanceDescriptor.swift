import Foundation
public import Imaging
public import ShrikeCore

/// What a defect looks like, in 288 bytes: a 16 x 16 grey picture of its box with a rim, and 32 gradient directions.
///
/// The grey part is stretched to mean 0 and deviation 1, so that brightness and contrast of a day do not count; the
/// gradients are a histogram of 8 directions in each of 2 x 2 quarters, as in N. Dalal, B. Triggs, "Histograms of oriented
/// gradients", CVPR 2005, with directions taken modulo a half turn, so that a rim that is darker one day and lighter
/// another still fits.
public struct AppearanceDescriptor: Hashable, Sendable {
    static let side = 16
    static let count = side * side + 32

    /// 256 grey values, row by row, then 32 gradient bins; 128 is zero.
    public let bytes: [UInt8]

    /// - Parameter bytes: as ``bytes``; nil where their number is wrong.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        self.bytes = bytes
    }

    /// Looks at the box with some of its surroundings.
    ///
    /// - Parameters:
    ///   - box: pixels of `picture`.
    ///   - rim: share of the longer side added on each side; 0 where marks are drawn around the box.
    /// - Returns: nil where the box is smaller than 3 pixels or outside the picture.
    /// - Throws: ``ImagingError`` where the pixels cannot be read.
    public init?(of picture: borrowing Image, box: Box, rim share: Double = 0.25) throws(ImagingError) {
        guard box.width.isFinite, box.height.isFinite, box.width >= 3, box.height >= 3 else { return nil }
        let rim = max(box.width, box.height) * max(0, min(4, share))
        let wide = Box(
            left: (box.left - rim).rounded(.down), top: (box.top - rim).rounded(.down),
            right: (box.right + rim).rounded(.up), bottom: (box.bottom + rim).rounded(.up))
        guard let inside = wide.clipped(toWidth: Double(picture.width), height: Double(picture.height)),
            inside.width >= 3, inside.height >= 3
        else { return nil }
        let part = try picture.cropped(
            x: Int(inside.x), y: Int(inside.y), width: Int(inside.width), height: Int(inside.height))
        let small = try part.gray().resized(width: Self.side, height: Self.side, interpolation: .area)
        let step = small.bytesPerRow
        let depth = small.depth
        let values: [Double] = small.withUnsafeBytes { raw in
            (0..<Self.side * Self.side).map { i in
                let row = i / Self.side * step
                return switch depth {
                case .uint16: Double(raw.loadUnaligned(fromByteOffset: row + i % Self.side * 2, as: UInt16.self))
                case .float32: Double(raw.loadUnaligned(fromByteOffset: row + i % Self.side * 4, as: Float.self))
                default: Double(raw[row + i % Self.side])
                }
            }
        }
        bytes = Self.normalized(values).map { Self.byte($0 * 40) } + Self.gradients(values).map { Self.byte($0 * 120) }
    }

    /// -1 to 1: half from the grey picture, half from the gradients; equal pictures have 1.
    public func similarity(_ other: AppearanceDescriptor) -> Double {
        let split = Self.side * Self.side
        let grey = Self.correlation(bytes[..<split], other.bytes[..<split])
        let edges = Self.correlation(bytes[split...], other.bytes[split...])
        return (grey + edges) / 2
    }

    private static func correlation(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Double {
        var (product, first, second) = (0.0, 0.0, 0.0)
        for (p, q) in zip(a, b) {
            let (x, y) = (Double(p) - 128, Double(q) - 128)
            product += x * y
            first += x * x
            second += y * y
        }
        let norm = (first * second).squareRoot()
        return norm > 0 ? product / norm : 0
    }

    private static func normalized(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        let deviation = max(1e-9, variance.squareRoot())
        return values.map { ($0 - mean) / deviation }
    }

    private static func gradients(_ values: [Double]) -> [Double] {
        var bins = [Double](repeating: 0, count: 32)
        for y in 1..<side - 1 {
            for x in 1..<side - 1 {
                let dx = values[y * side + x + 1] - values[y * side + x - 1]
                let dy = values[(y + 1) * side + x] - values[(y - 1) * side + x]
                let strength = (dx * dx + dy * dy).squareRoot()
                guard strength > 0 else { continue }
                var turn = atan2(dy, dx) / .pi
                if turn < 0 { turn += 1 }
                let bin = min(7, Int(turn * 8))
                bins[(y / (side / 2) * 2 + x / (side / 2)) * 8 + bin] += strength
            }
        }
        let norm = max(1e-9, bins.reduce(0) { $0 + $1 * $1 }.squareRoot())
        let mean = bins.reduce(0, +) / norm / 32
        return bins.map { $0 / norm - mean }
    }

    private static func byte(_ value: Double) -> UInt8 { UInt8(max(0, min(255, (value + 128).rounded()))) }
}
