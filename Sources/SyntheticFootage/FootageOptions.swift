/// Choices about generated footage.
public struct FootageOptions: Hashable, Sendable {
    /// Pictures a second; 1 to 60.
    public var framesPerSecond: Int
    /// Also writes every thermal frame as a 16-bit PNG with a linear scale (folder `<kind>_16bit`).
    public var writes16Bit: Bool
    /// Also writes so many single pictures of the video with COCO labels (folder `<kind>_pictures`), to teach with.
    public var labeledPictures: Int
    /// Writes the video itself; only the 16-bit frames, telemetry and truth are made without it.
    public var writesVideo: Bool
    /// Which visit of the field, from 1, a month apart: each later one finds some defects mended, some grown, some new
    /// (solar only).
    public var visit: Int
    /// Error of the telemetry's places: deviation of one axis in meters, most of it common to the whole flight (solar only).
    /// The truth stays exact.
    public var gpsNoiseMeters: Double

    public init(
        framesPerSecond: Int = 15, writes16Bit: Bool = false, labeledPictures: Int = 0, writesVideo: Bool = true,
        visit: Int = 1, gpsNoiseMeters: Double = 0
    ) {
        (self.framesPerSecond, self.writes16Bit, self.writesVideo) = (framesPerSecond, writes16Bit, writesVideo)
        self.labeledPictures = labeledPictures
        (self.visit, self.gpsNoiseMeters) = (visit, gpsNoiseMeters)
    }
}
