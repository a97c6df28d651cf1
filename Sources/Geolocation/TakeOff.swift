import ShrikeCore
public import Telemetry

/// Where the height above take-off is counted from.
public struct TakeOff: Hashable, Sendable, Codable {
    public var place: Coordinate
    /// What the vehicle called its relative altitude on the ground there, meters.
    public var relativeAltitude: Double

    public init(place: Coordinate, relativeAltitude: Double = 0) {
        (self.place, self.relativeAltitude) = (place, relativeAltitude)
    }

    /// The take-off point of a recording: the home point its telemetry states, else where it began, if it began on the
    /// ground (within 2 m of relative altitude zero). Nil where neither is known.
    public init?(of track: TelemetryTrack) {
        // The home point stands in every line or in none; a few thousand lines are enough to find it.
        for sample in track.samples.prefix(4096) {
            guard let latitude = sample.camera.homeLatitude, let longitude = sample.camera.homeLongitude else {
                continue
            }
            let place = Coordinate(latitude: latitude, longitude: longitude)
            if place.isPlausible {
                self.init(place: place)
                return
            }
        }
        guard let first = track.samples.first(where: { $0.hasPlace })?.pose, let latitude = first.latitude,
            let longitude = first.longitude, let height = first.relativeAltitude, abs(height) <= 2
        else { return nil }
        self.init(place: Coordinate(latitude: latitude, longitude: longitude), relativeAltitude: height)
    }
}
