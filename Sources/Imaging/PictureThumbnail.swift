internal import COpenCV
import Foundation
public import ShrikeCore

/// A small grey copy of a picture, 8 bits, by which frames are compared. It is made once and kept with the picture's pixels.
public struct PictureThumbnail: Sendable {
    private let gray: PixelBuffer
    /// Size of the picture that it was made of.
    public let pictureWidth: Int
    public let pictureHeight: Int

    /// - Parameter side: longest side of the copy in pixels; smaller pictures keep their size.
    public init(of pixels: PixelBuffer, side: Int = 320) throws(ImagingError) {
        let kept = try pixels.derived { () throws(ImagingError) in
            Kept(side: side, thumbnail: try PictureThumbnail(reducing: pixels, side: side))
        }
        self = kept.side == side ? kept.thumbnail : try PictureThumbnail(reducing: pixels, side: side)
    }

    /// With the setting that it was made with; every frame is compared twice.
    private struct Kept: Sendable {
        var side: Int
        var thumbnail: PictureThumbnail
    }

    private init(reducing pixels: PixelBuffer, side: Int) throws(ImagingError) {
        let scale = min(1, Double(side) / Double(max(pixels.width, pixels.height)))
        let width = max(16, Int((Double(pixels.width) * scale).rounded()))
        let height = max(16, Int((Double(pixels.height) * scale).rounded()))
        (pictureWidth, pictureHeight) = (pixels.width, pixels.height)
        gray = try pixels.withImage { (image) throws(ImagingError) in
            let small = try Self.reduced(image, width: width, height: height)
            guard image.depth == .uint16 else { return try small.gray().frozen() }
            let (low, high) = small.range16()
            let stretch = 255 / max(1, high - low)
            return try small.to8Bit(scale: stretch, shift: -low * stretch).frozen()
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

    /// Thumbnail pixels per pixel of the picture, by the longer side: the shorter one is rounded.
    private var scale: Double { Double(max(gray.width, gray.height)) / Double(max(pictureWidth, pictureHeight)) }

    private func canBeCompared(with other: PictureThumbnail) -> Bool {
        gray.width == other.gray.width && gray.height == other.gray.height && pictureWidth == other.pictureWidth
            && pictureHeight == other.pictureHeight
    }

    /// Largest difference of a cell between this picture and a later one, in grey levels of 255, after light smoothing.
    ///
    /// An average over the picture would hide a small thing that comes in.
    ///
    /// - Parameter motion: map from pixels of this picture to those of the later one; what it does not cover is left out.
    /// - Returns: nil where the pictures differ in size.
    public func largestDifference(
        to later: PictureThumbnail, motion: AffineTransform2D? = nil
    ) throws(ImagingError) -> Double? {
        guard canBeCompared(with: later) else { return nil }
        return try together(with: later) { (a, b) throws(ImagingError) in
            var largest = 0.0
            let (from, to) = (a.handle, b.handle)
            if let motion {
                var m = [motion.a, motion.b, motion.tx * scale, motion.c, motion.d, motion.ty * scale]
                try attempt { cocv_largest_difference(from, to, &m, &largest, &$0) }
            } else {
                try attempt { cocv_largest_difference(from, to, nil, &largest, &$0) }
            }
            return largest
        }
    }

    /// The map from pixels of this picture to those of a later one; nil where the pictures differ in size or too few corners
    /// agree.
    func motion(to later: PictureThumbnail, minimumInlierShare: Double) throws(ImagingError) -> AffineTransform2D? {
        guard canBeCompared(with: later) else { return nil }
        return try together(with: later) { (a, b) throws(ImagingError) in
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
    }

    private func together<R>(
        with other: PictureThumbnail, _ body: (borrowing Image, borrowing Image) throws(ImagingError) -> R
    ) throws(ImagingError) -> R {
        try gray.withImage { (a) throws(ImagingError) in
            try other.gray.withImage { (b) throws(ImagingError) in try body(a, b) }
        }
    }
}

extension PictureThumbnail: Codable {
    private enum CodingKeys: String, CodingKey { case width, height, bytes, pictureWidth, pictureHeight }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let (width, height) = (
            try values.decode(Int.self, forKey: .width), try values.decode(Int.self, forKey: .height)
        )
        let bytes = [UInt8](try values.decode(Data.self, forKey: .bytes))
        (pictureWidth, pictureHeight) = (
            try values.decode(Int.self, forKey: .pictureWidth), try values.decode(Int.self, forKey: .pictureHeight)
        )
        guard (1...4096).contains(width), (1...4096).contains(height), bytes.count == width * height, pictureWidth > 0,
            pictureHeight > 0
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .bytes, in: values, debugDescription: "a thumbnail's size and bytes do not agree")
        }
        gray = PixelBuffer(copying: bytes, width: width, height: height, format: .gray8)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(gray.width, forKey: .width)
        try values.encode(gray.height, forKey: .height)
        try values.encode(
            gray.withUnsafeBytes { bytes in
                Data(
                    (0..<gray.height).flatMap { y in bytes[(y * gray.bytesPerRow)..<(y * gray.bytesPerRow + gray.width)]
                    })
            }, forKey: .bytes)
        try values.encode(pictureWidth, forKey: .pictureWidth)
        try values.encode(pictureHeight, forKey: .pictureHeight)
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
