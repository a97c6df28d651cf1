internal import COpenCV
public import ShrikeCore

/// Measures how the picture moved between two frames, as a similarity: corners followed by pyramidal Lucas-Kanade on
/// small grey pictures, then RANSAC. A pure function of the two frames.
public struct CameraMotionEstimator: Sendable {
    /// Longest side of the grey pictures that are compared.
    public var thumbnailSide: Int
    /// Share of the followed corners that must agree, else no motion is reported.
    public var minimumInlierShare: Double

    public init(thumbnailSide: Int = 320, minimumInlierShare: Double = 0.4) {
        (self.thumbnailSide, self.minimumInlierShare) = (thumbnailSide, minimumInlierShare)
    }

    /// The map from pixels of `previous` to pixels of `current`; nil where the pictures differ in size or nothing agrees
    /// (a cut, a uniform sky).
    public func motion(from previous: PixelBuffer, to current: PixelBuffer) throws(ImagingError) -> AffineTransform2D? {
        guard previous.width == current.width, previous.height == current.height else { return nil }
        let scale = min(1, Double(thumbnailSide) / Double(max(current.width, current.height)))
        let from = try thumbnail(previous, scale: scale)
        let to = try thumbnail(current, scale: scale)
        return try from.withImage { (a) throws(ImagingError) in
            try to.withImage { (b) throws(ImagingError) in try motion(from: a, to: b, scale: scale) }
        }
    }

    /// A small grey copy with the settings it was made with; every frame is compared twice.
    private struct Thumbnail: Sendable {
        var scale: Double
        var pixels: PixelBuffer
    }

    private func motion(
        from a: borrowing Image, to b: borrowing Image, scale: Double
    ) throws(ImagingError) -> AffineTransform2D? {
        var m = [1.0, 0, 0, 0, 1, 0]
        var points: Int32 = 0
        var inliers: Int32 = 0
        let (from, to) = (a.handle, b.handle)
        try attempt { cocv_estimate_motion(from, to, &m, &points, &inliers, &$0) }
        guard inliers >= 8, Double(inliers) >= minimumInlierShare * Double(points), m.allSatisfy(\.isFinite) else {
            return nil
        }
        // Thumbnail pixel centers sit at (x + 0.5) * scale - 0.5 of the full picture's; the half pixels cancel but for
        // a shift below a tenth of a pixel, which is left out.
        return AffineTransform2D(a: m[0], b: m[1], tx: m[2] / scale, c: m[3], d: m[4], ty: m[5] / scale)
    }

    private func thumbnail(_ pixels: PixelBuffer, scale: Double) throws(ImagingError) -> PixelBuffer {
        let kept = try pixels.derived { () throws(ImagingError) in
            Thumbnail(scale: scale, pixels: try makeThumbnail(pixels, scale: scale))
        }
        return kept.scale == scale ? kept.pixels : try makeThumbnail(pixels, scale: scale)
    }

    private func makeThumbnail(_ pixels: PixelBuffer, scale: Double) throws(ImagingError) -> PixelBuffer {
        let width = max(16, Int((Double(pixels.width) * scale).rounded()))
        let height = max(16, Int((Double(pixels.height) * scale).rounded()))
        return try pixels.withImage { (image) throws(ImagingError) in
            let small = try Self.reduced(image, width: width, height: height)
            guard image.depth == .uint16 else { return try small.gray().frozen() }
            let (low, high) = small.range16()
            return try small.to8Bit(scale: 255 / max(1, high - low), shift: -low * 255 / max(1, high - low)).frozen()
        }
    }

    /// Averages blocks; of large pictures every second pixel is enough and takes a third of the time.
    private static func reduced(_ image: borrowing Image, width: Int, height: Int) throws(ImagingError) -> Image {
        guard image.width >= 4 * width, image.height >= 4 * height else {
            return try image.resized(width: width, height: height, interpolation: .area)
        }
        return try image.resized(width: image.width / 2, height: image.height / 2, interpolation: .nearest)
            .resized(width: width, height: height, interpolation: .area)
    }
}

extension Image {
    /// Smallest and largest value of a 16-bit picture.
    fileprivate func range16() -> (Double, Double) {
        withUnsafeBytes { bytes in
            var low = UInt16.max
            var high = UInt16.min
            for y in 0..<height {
                let row = UnsafeRawBufferPointer(rebasing: bytes[(y * bytesPerRow)..<(y * bytesPerRow + width * 2)])
                for value in row.bindMemory(to: UInt16.self) {
                    low = min(low, value)
                    high = max(high, value)
                }
            }
            return (Double(low), Double(high))
        }
    }
}
