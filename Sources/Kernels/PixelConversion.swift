internal import CKernels

/// Conversions of pixels on their way into a network.
public enum PixelConversion {
    /// Interleaved blue, green, red bytes to floats `(pixel - mean) / scale`.
    ///
    /// - Parameters:
    ///   - swapsRedAndBlue: the output's channels are red, green, blue.
    ///   - interleaved: the output is rows x columns x channels instead of one plane after the other.
    ///   - mean: by output channel.
    ///   - scale: by output channel, not 0.
    /// - Precondition: `out` holds as many values as `pixels`, a multiple of 3.
    public static func toFloats(
        _ pixels: UnsafeBufferPointer<UInt8>, swapsRedAndBlue: Bool, interleaved: Bool, mean: [Float], scale: [Float],
        into out: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(pixels.count.isMultiple(of: 3) && out.count == pixels.count && mean.count == 3 && scale.count == 3)
        guard let from = pixels.baseAddress, let to = out.baseAddress else { return }
        ck_pixels_to_floats(from, pixels.count / 3, swapsRedAndBlue, interleaved, mean, scale, to)
    }

    /// Exchanges the first and third byte of every pixel.
    ///
    /// - Precondition: `out` is as long as `pixels`, a multiple of 3, and does not overlap it.
    public static func swapRedAndBlue(
        _ pixels: UnsafeBufferPointer<UInt8>, into out: UnsafeMutableBufferPointer<UInt8>
    ) {
        precondition(pixels.count.isMultiple(of: 3) && out.count == pixels.count)
        guard let from = pixels.baseAddress, let to = out.baseAddress else { return }
        ck_swap_red_blue(from, pixels.count / 3, to)
    }

    /// Grey bytes to three equal bytes each.
    ///
    /// - Precondition: both hold `height` rows of `width` pixels; strides are in bytes.
    public static func grayToBGR(
        _ gray: UnsafeRawBufferPointer, grayBytesPerRow: Int, into bgr: UnsafeMutableRawBufferPointer, bytesPerRow: Int,
        width: Int, height: Int
    ) {
        guard width > 0, height > 0, let from = gray.baseAddress, let to = bgr.baseAddress else { return }
        precondition(gray.count >= grayBytesPerRow * (height - 1) + width && grayBytesPerRow >= width)
        precondition(bgr.count >= bytesPerRow * (height - 1) + 3 * width && bytesPerRow >= 3 * width)
        ck_gray_to_bgr(
            from.assumingMemoryBound(to: UInt8.self), grayBytesPerRow, to.assumingMemoryBound(to: UInt8.self),
            bytesPerRow, width, height)
    }
}
