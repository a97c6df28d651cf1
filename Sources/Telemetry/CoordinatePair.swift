/// Two numbers in brackets that are latitude and longitude in an order still to be told.
struct CoordinatePair: Hashable {
    /// What the line around the numbers says about their order.
    enum Shape: UInt8, CaseIterable {
        /// Letters N, S, E, W stand with the numbers, or the keys are named.
        case explicit
        /// `GPS(lat, lon, 0.0M)`: enterprise airframes.
        case meters
        /// `F/2.8, SS 30.15, ..., GPS (lon, lat, 17)`: Phantom 4 and Mini.
        case exposureLine
        /// `GPS(lon,lat,16) BAROMETER:1.9` with a satellite count: Mavic Pro.
        case satellites
        /// Anything else.
        case unknown
    }

    /// In the order of the text, or latitude and longitude where `shape` is `explicit`.
    var first: Double
    var second: Double
    var shape: Shape

    var isZero: Bool { abs(first) < 1e-6 && abs(second) < 1e-6 }

    func place(latitudeFirst: Bool) -> (latitude: Double, longitude: Double) {
        latitudeFirst ? (first, second) : (second, first)
    }

    func isValid(latitudeFirst: Bool) -> Bool {
        let place = place(latitudeFirst: latitudeFirst)
        return abs(place.latitude) <= 90 && abs(place.longitude) <= 180
    }
}
