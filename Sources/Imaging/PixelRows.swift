internal import COpenCV

/// 8-bit pixels in memory that someone else owns: rows top to bottom, `bytesPerRow` bytes apart.
public struct PixelRows {
    public var base: UnsafeRawPointer
    public var width: Int
    public var height: Int
    public var bytesPerRow: Int
    /// 1 or 3.
    public var channels: Int

    public init(base: UnsafeRawPointer, width: Int, height: Int, bytesPerRow: Int, channels: Int) {
        (self.base, self.width, self.height) = (base, width, height)
        (self.bytesPerRow, self.channels) = (bytesPerRow, channels)
    }

    /// The part of this size at (x, y), without a copy.
    ///
    /// - Precondition: it lies inside.
    public func part(x: Int, y: Int, width: Int, height: Int) -> PixelRows {
        precondition(
            x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= self.width && y + height <= self.height)
        return PixelRows(
            base: base + y * bytesPerRow + x * channels, width: width, height: height, bytesPerRow: bytesPerRow,
            channels: channels)
    }

    /// Resizes (bilinear, as `cv::resize`) straight into other memory of the same number of channels.
    ///
    /// - Precondition: `target` has room for `height` rows of `bytesPerRow` bytes, the last one `width` pixels.
    public func resize(
        into target: UnsafeMutableRawPointer, width: Int, height: Int, bytesPerRow: Int
    ) throws(ImagingError) {
        try attempt {
            cocv_resize_bytes(
                base.assumingMemoryBound(to: UInt8.self), Int32(clamping: self.width), Int32(clamping: self.height),
                self.bytesPerRow, target.assumingMemoryBound(to: UInt8.self), Int32(clamping: width),
                Int32(clamping: height), bytesPerRow, Int32(clamping: channels), &$0)
        }
    }
}
