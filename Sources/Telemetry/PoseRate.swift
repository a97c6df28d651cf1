import Foundation
public import ShrikeCore

/// How fast a pose changes: meters per second and degrees per second.
public struct PoseRate: Hashable, Sendable, Codable {
    public var north: Double
    public var east: Double
    public var up: Double
    public var yaw: Double
    public var pitch: Double

    public init(north: Double = 0, east: Double = 0, up: Double = 0, yaw: Double = 0, pitch: Double = 0) {
        (self.north, self.east, self.up, self.yaw, self.pitch) = (north, east, up, yaw, pitch)
    }

    /// Mean rate between two poses; what either does not know counts as still. Nil where no time passed.
    public init?(from a: Pose, to b: Pose, seconds: Double) {
        guard seconds > 0 else { return nil }
        self.init()
        if let lat = a.latitude, let lon = a.longitude, let lat2 = b.latitude, let lon2 = b.longitude {
            let radii = EarthRadii(latitude: (lat + lat2) / 2)
            north = Angle.radians(lat2 - lat) * radii.meridian / seconds
            east = Angle.radians(Angle.wrapped(lon2 - lon)) * radii.parallel / seconds
        }
        if let h = a.relativeAltitude ?? a.absoluteAltitude, let h2 = b.relativeAltitude ?? b.absoluteAltitude {
            up = (h2 - h) / seconds
        }
        if let y = a.yaw, let y2 = b.yaw { yaw = Angle.wrapped(y2 - y) / seconds }
        if let p = a.pitch, let p2 = b.pitch { pitch = Angle.wrapped(p2 - p) / seconds }
    }
}
