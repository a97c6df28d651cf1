internal import CKernels

/// A picture of single-precision values, rows top to bottom, tightly packed: what the synthetic footage is painted
/// on.
///
/// Coordinates have their origin at the top-left corner of the top-left value.
public struct ValuePlane: Hashable, Sendable {
    public let width: Int
    public let height: Int
    public private(set) var values: [Float]

    public init(width: Int, height: Int, filledWith value: Float = 0) {
        (self.width, self.height) = (max(1, width), max(1, height))
        values = [Float](repeating: value, count: self.width * self.height)
    }

    /// A plane whose values, as bytes of `Float`, the closure writes.
    public init(width: Int, height: Int, filling fill: (UnsafeMutableRawBufferPointer) -> Void) {
        self.init(width: width, height: height)
        values.withUnsafeMutableBytes(fill)
    }

    /// Fractal value noise: `octaves` of halving cell size and amplitude.
    public mutating func addNoise(seed: UInt64, cell: Double, amplitude: Double, octaves: Int) {
        let (w, h) = (Int32(clamping: width), Int32(clamping: height))
        values.withUnsafeMutableBufferPointer {
            cfootage_add_noise($0.baseAddress, w, h, seed, Float(cell), Float(amplitude), Int32(clamping: octaves))
        }
    }

    /// How painting treats what is there.
    public enum Blend: Sendable { case replace, add }

    /// Paints a rectangle with soft borders; the slopes are the change of value over its whole width and height.
    public mutating func paint(
        left: Double, top: Double, right: Double, bottom: Double, value: Double, slopeX: Double = 0, slopeY: Double = 0,
        blend: Blend = .replace
    ) {
        let (w, h) = (Int32(clamping: width), Int32(clamping: height))
        values.withUnsafeMutableBufferPointer {
            cfootage_rectangle(
                $0.baseAddress, w, h, Float(left), Float(top), Float(right), Float(bottom), Float(value), Float(slopeX),
                Float(slopeY), blend == .add ? 1 : 0)
        }
    }

    /// Adds a Gaussian spot of this height and these deviations.
    public mutating func addSpot(x: Double, y: Double, radiusX: Double, radiusY: Double, value: Double) {
        let (w, h) = (Int32(clamping: width), Int32(clamping: height))
        values.withUnsafeMutableBufferPointer {
            cfootage_spot($0.baseAddress, w, h, Float(x), Float(y), Float(radiusX), Float(radiusY), Float(value))
        }
    }

    /// Applies `change` to each value, with its column and row.
    public mutating func modify(_ change: (_ value: inout Float, _ x: Int, _ y: Int) -> Void) {
        for y in 0..<height { for x in 0..<width { change(&values[y * width + x], x, y) } }
    }

    /// What a camera sees of the plane.
    ///
    /// - Parameter map: row-major 3x3 projective map from pixel coordinates of `view` to those of this plane; edges
    /// repeat.
    public func project(by map: [Double], into view: inout ValuePlane) {
        precondition(map.count == 9, "a projective map has nine numbers")
        let (w, h) = (Int32(clamping: width), Int32(clamping: height))
        let (vw, vh) = (Int32(clamping: view.width), Int32(clamping: view.height))
        view.values.withUnsafeMutableBufferPointer { out in
            values.withUnsafeBufferPointer { cfootage_project($0.baseAddress, w, h, map, out.baseAddress, vw, vh) }
        }
    }

    /// Adds the sensor's fixed pattern (same size) and noise of deviation `sigma` that depends on the seed and the
    /// place only.
    public mutating func sense(pattern: ValuePlane, seed: UInt64, sigma: Double) {
        precondition(pattern.width == width && pattern.height == height, "pattern of the same size")
        let count = values.count
        values.withUnsafeMutableBufferPointer { out in
            pattern.values.withUnsafeBufferPointer {
                cfootage_sense(out.baseAddress, $0.baseAddress, count, seed, Float(sigma))
            }
        }
    }

    /// `(value - offset) / gain` as three equal bytes a pixel, saturated; `target` holds at least three bytes a
    /// value.
    public func quantize(gain: Double, offset: Double, toBGR8 target: UnsafeMutableRawBufferPointer) {
        precondition(target.count >= values.count * 3, "room for the pixels")
        let bytes = target.assumingMemoryBound(to: UInt8.self)
        values.withUnsafeBufferPointer {
            cfootage_to_bgr8($0.baseAddress, bytes.baseAddress, $0.count, Float(gain), Float(offset))
        }
    }

    /// `(value - offset) / gain` as 16 bits a pixel, saturated.
    public func quantize(gain: Double, offset: Double, toGray16 target: UnsafeMutableRawBufferPointer) {
        precondition(target.count >= values.count * 2, "room for the pixels")
        let words = target.assumingMemoryBound(to: UInt16.self)
        values.withUnsafeBufferPointer {
            cfootage_to_u16($0.baseAddress, words.baseAddress, $0.count, Float(gain), Float(offset))
        }
    }
}
