import Foundation
public import ShrikeCore

/// What a still picture says about itself: EXIF, GPS and `drone-dji` XMP of JPEG, TIFF and PNG files.
///
/// Every field is nil where the file does not carry it or carries nonsense.
public struct PictureMetadata: Hashable, Sendable {
    /// EXIF orientation, 1 (upright) to 8.
    public var orientation: Int?
    public var cameraMake: String?
    public var cameraModel: String?
    /// Pixels of the stored picture, before orientation.
    public var width: Int?
    public var height: Int?
    /// DateTimeOriginal with its fraction, as the camera's clock showed it: written as if it were UTC.
    public var localTime: Timestamp?
    /// OffsetTimeOriginal: what that clock is ahead of UTC.
    public var localTimeOffset: MediaTime?
    /// Date and time of the satellite receiver.
    public var gpsTime: Timestamp?
    /// WGS84 degrees of EXIF; 0,0 is no place and reads as nil.
    public var latitude: Double?
    public var longitude: Double?
    /// EXIF GPS altitude, negative below sea level.
    public var altitude: Double?
    /// Focal length in millimeters of a 36 mm wide picture, without digital zoom.
    public var focalLength35: Double?
    public var digitalZoom: Double?
    /// What `drone-dji` XMP says.
    public var drone: DroneMetadata?
    /// Whether raw thermal counts are hidden in the file.
    public var thermalKind: ThermalKind?

    public init() {}

    /// Reads what is there; a file of another kind or a damaged one gives what could be read, at worst nothing.
    ///
    /// Looks at headers only and never past the first scan of a JPEG. Any bytes are safe: every read is bounded.
    public static func read(_ bytes: [UInt8]) -> PictureMetadata {
        var metadata = PictureMetadata()
        if bytes.starts(with: [0xFF, 0xD8]) {
            JPEGSegments.read(bytes, into: &metadata)
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            PNGChunks.read(bytes, into: &metadata)
        } else if bytes.starts(with: [0x49, 0x49]) || bytes.starts(with: [0x4D, 0x4D]) {
            TIFFDirectories.read(bytes, in: bytes.indices, into: &metadata)
        }
        return metadata
    }

    /// The best time the file gives: the receiver's, else the camera's clock (as UTC where it names no offset).
    public var captureTime: CaptureTime? {
        if let gpsTime { return CaptureTime(time: gpsTime, quality: .gps) }
        guard let localTime else { return nil }
        return CaptureTime(time: localTime.advanced(by: .zero - (localTimeOffset ?? .zero)), quality: .file)
    }

    /// Pose of the camera; nil where neither place nor attitude is known.
    ///
    /// XMP wins over EXIF: it has more digits and tells height above take-off. The field of view comes from the
    /// calibrated focal length in pixels where given, else from the 35 mm equivalent and the digital zoom.
    public var pose: Pose? {
        var pose = Pose()
        if let drone, let latitude = drone.latitude, let longitude = drone.longitude {
            (pose.latitude, pose.longitude) = (latitude, longitude)
        } else {
            (pose.latitude, pose.longitude) = (latitude, longitude)
        }
        pose.relativeAltitude = drone?.relativeAltitude
        pose.absoluteAltitude = drone?.absoluteAltitude ?? altitude
        (pose.yaw, pose.pitch, pose.roll) = (drone?.gimbalYaw, drone?.gimbalPitch, drone?.gimbalRoll)
        guard pose != Pose() else { return nil }
        pose.horizontalFieldOfView = horizontalFieldOfView
        return pose
    }

    private var horizontalFieldOfView: Double? {
        func degrees(halfWidth: Double, focal: Double) -> Double? {
            guard focal > 0, halfWidth > 0 else { return nil }
            let value = 2 * atan(halfWidth / focal) * 180 / .pi
            return value > 0.1 && value < 170 ? value : nil
        }
        if let calibrated = drone?.calibratedFocalLengthPixels, let width,
            let value = degrees(halfWidth: Double(width) / 2, focal: calibrated)
        {
            return value
        }
        guard let focalLength35 else { return nil }
        return degrees(halfWidth: 18, focal: focalLength35 * max(1, digitalZoom ?? 1))
    }
}
