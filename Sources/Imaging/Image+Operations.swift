internal import COpenCV
public import ShrikeCore

extension Image {
    public func resized(width: Int, height: Int, interpolation: Interpolation = .linear) throws(ImagingError) -> Image {
        var out = try Image()
        try resize(into: &out, width: width, height: height, interpolation: interpolation)
        return out
    }

    /// Resizes into `target`, whose memory is reused where size and type fit.
    public func resize(
        into target: inout Image, width: Int, height: Int, interpolation: Interpolation = .linear
    ) throws(ImagingError) {
        try attempt {
            cocv_resize(
                handle, target.handle, Int32(clamping: width), Int32(clamping: height), interpolation.rawValue, &$0)
        }
    }

    /// The mirror image: left becomes right.
    public func mirrored() throws(ImagingError) -> Image {
        let out = try Image()
        try attempt { cocv_mirror(handle, out.handle, &$0) }
        return out
    }

    /// A copy of a part; the rectangle must lie inside the picture.
    public func cropped(x: Int, y: Int, width: Int, height: Int) throws(ImagingError) -> Image {
        var out = try Image()
        try crop(into: &out, x: x, y: y, width: width, height: height)
        return out
    }

    /// Copies a part into `target`, whose memory is reused where size and type fit.
    public func crop(into target: inout Image, x: Int, y: Int, width: Int, height: Int) throws(ImagingError) {
        let part = cocv_rect(
            x: Int32(clamping: x), y: Int32(clamping: y), width: Int32(clamping: width), height: Int32(clamping: height)
        )
        try attempt { cocv_crop(handle, target.handle, part, &$0) }
    }

    /// Writes `other`, of the same type, with its top-left corner at (x, y); it must fit.
    public mutating func paste(_ other: borrowing Image, x: Int, y: Int) throws(ImagingError) {
        try attempt { cocv_paste(other.handle, handle, Int32(clamping: x), Int32(clamping: y), &$0) }
    }

    /// Sets every pixel; grey pictures and counts take `blue` as their value.
    public mutating func fill(blue: Double, green: Double = 0, red: Double = 0) throws(ImagingError) {
        try attempt { cocv_fill(handle, blue, green, red, &$0) }
    }

    /// Brightness, same depth.
    public func gray() throws(ImagingError) -> Image {
        let out = try Image()
        try attempt { cocv_to_gray(handle, out.handle, &$0) }
        return out
    }

    /// Three channels, same depth.
    public func bgr() throws(ImagingError) -> Image {
        let out = try Image()
        try attempt { cocv_to_bgr(handle, out.handle, &$0) }
        return out
    }

    /// `value * scale + shift`, rounded and saturated to 0...255.
    public func to8Bit(scale: Double, shift: Double) throws(ImagingError) -> Image {
        let out = try Image()
        try attempt { cocv_to_8bit(handle, out.handle, scale, shift, &$0) }
        return out
    }

    public func blurred(sigma: Double) throws(ImagingError) -> Image {
        let out = try Image()
        try attempt { cocv_gaussian_blur(handle, out.handle, sigma, &$0) }
        return out
    }

    /// The picture moved by `map` (pixel coordinates of this picture to those of the result), edges mirrored.
    public func warped(by map: AffineTransform2D, width: Int, height: Int) throws(ImagingError) -> Image {
        let out = try Image()
        let m = [map.a, map.b, map.tx, map.c, map.d, map.ty]
        try attempt { cocv_warp_affine(handle, out.handle, m, Int32(clamping: width), Int32(clamping: height), &$0) }
        return out
    }

    /// False colours for a grey picture.
    public enum ColorMap: Int32, Sendable {
        case jet = 2
        case inferno = 14
        case turbo = 20
    }

    public func colored(_ map: ColorMap) throws(ImagingError) -> Image {
        let out = try Image()
        try attempt { cocv_color_map(handle, out.handle, map.rawValue, &$0) }
        return out
    }
}
