internal import Foundation
public import Imaging
public import ShrikeCore

/// Pictures that show nearly the same: frames of one flight, crops of one part, copies at other quality.
///
/// Two pictures are near-duplicates where the correlation of their grey thumbnails of 24 x 24 is above ``threshold``. A split
/// that puts them on both sides measures memory.
public struct NearDuplicates: Sendable {
    public static let threshold: Float = 0.99
    private static let side = 24
    private static let numbers = side * side

    /// Of each picture, scaled to mean 0 and length 1.
    private var thumbnails: [Float] = []
    public private(set) var count = 0

    public init() {}

    /// - Throws: ``Imaging/ImagingError``.
    public mutating func add(_ picture: PixelBuffer) throws(ImagingError) {
        let small = try Image(copying: picture).gray().resized(
            width: Self.side, height: Self.side, interpolation: .area)
        var values = [Float](repeating: 0, count: Self.numbers)
        let isWide = small.depth == .uint16
        small.withUnsafeBytes { bytes in
            for y in 0..<Self.side {
                for x in 0..<Self.side {
                    let at = y * small.bytesPerRow + x * (isWide ? 2 : 1)
                    values[y * Self.side + x] =
                        isWide ? Float(bytes.loadUnaligned(fromByteOffset: at, as: UInt16.self)) : Float(bytes[at])
                }
            }
        }
        let mean = values.reduce(0, +) / Float(Self.numbers)
        for i in values.indices { values[i] -= mean }
        let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // A picture of one grey is like any other of one grey.
        thumbnails += length > 0 ? values.map { $0 / length } : [1] + [Float](repeating: 0, count: Self.numbers - 1)
        count += 1
    }

    /// Groups of two and more, each by position, in the order of their first picture; likeness is passed on.
    public func groups() -> [[Int]] {
        var parent = Array(0..<count)
        func root(_ index: Int) -> Int {
            var i = index
            while parent[i] != i { i = parent[i] }
            return i
        }
        thumbnails.withUnsafeBufferPointer { all in
            for a in 0..<count {
                for b in 0..<a where Self.product(all, a, b) > Self.threshold {
                    let (first, second) = (root(a), root(b))
                    if first != second { parent[max(first, second)] = min(first, second) }
                }
            }
        }
        return Dictionary(grouping: 0..<count, by: root).values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
    }

    private static func product(_ all: UnsafeBufferPointer<Float>, _ a: Int, _ b: Int) -> Float {
        var sum = SIMD16<Float>.zero
        let base = UnsafeRawPointer(all.baseAddress!)
        let (left, right) = (base + 4 * a * numbers, base + 4 * b * numbers)
        for offset in stride(from: 0, to: 4 * numbers, by: 64) {
            sum +=
                left.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
                * right.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
        }
        return sum.sum()
    }
}
