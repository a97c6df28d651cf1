/// One picture of a source on its way through the stages. Pixels are shared, never copied.
public struct Frame: Sendable {
    /// Position in the recording or session, from 0, counting every picture the source delivered or skipped.
    public var index: Int64
    /// Time in the recording; for live sources since the session began.
    public var mediaTime: MediaTime
    /// When the picture was taken, where the source can tell.
    public var captureTime: CaptureTime?
    /// Which recording or live session this is: part of every alert id, so equal footage gives equal ids.
    public var origin: String
    /// File that a still came from, with its folder relative to what the user named; nil for video and cameras.
    public var fileName: String?
    public var pixels: PixelBuffer
    /// Scale of `gray16` (or `gray8`) values where known: temperature = offset + scale * value, in °C.
    public var thermalScale: ThermalScale?
    /// Pose of the camera that the picture itself carries (EXIF, XMP); side-car telemetry is joined by time later.
    public var pose: Pose?

    public init(
        index: Int64, mediaTime: MediaTime, captureTime: CaptureTime? = nil, origin: String, fileName: String? = nil,
        pixels: PixelBuffer, thermalScale: ThermalScale? = nil, pose: Pose? = nil
    ) {
        (self.index, self.mediaTime, self.captureTime, self.origin) = (index, mediaTime, captureTime, origin)
        (self.fileName, self.pixels, self.thermalScale, self.pose) = (fileName, pixels, thermalScale, pose)
    }

    public var width: Int { pixels.width }
    public var height: Int { pixels.height }
}

/// When a picture was taken and how far that can be trusted.
public struct CaptureTime: Hashable, Sendable, Codable {
    public var time: Timestamp
    public var quality: ClockQuality

    public init(time: Timestamp, quality: ClockQuality) { (self.time, self.quality) = (time, quality) }
}

/// Where a time came from, best first.
public enum ClockQuality: String, Sendable, Codable, CaseIterable {
    /// The gateway's clock, synchronized over the network.
    case ntp
    /// A satellite receiver.
    case gps
    /// Written in the footage or its side-car by the camera's own clock.
    case file
    /// No clock to be trusted: the order holds, the date may not.
    case unsynced
}

/// Linear meaning of a thermal pixel value: `celsius = offset + gain * value`.
public struct ThermalScale: Hashable, Sendable, Codable {
    public var gain: Double
    public var offset: Double

    public init(gain: Double, offset: Double) { (self.gain, self.offset) = (gain, offset) }

    public func celsius(_ value: Double) -> Double { offset + gain * value }
}
