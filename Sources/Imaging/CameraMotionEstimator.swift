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
        return try motion(
            from: PictureThumbnail(of: previous, side: thumbnailSide),
            to: PictureThumbnail(of: current, side: thumbnailSide))
    }

    /// The same of two thumbnails, in pixels of the pictures that they were made of.
    public func motion(
        from previous: PictureThumbnail, to current: PictureThumbnail
    ) throws(ImagingError) -> AffineTransform2D? {
        try previous.motion(to: current, minimumInlierShare: minimumInlierShare)
    }
}
