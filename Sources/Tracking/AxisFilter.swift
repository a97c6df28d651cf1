/// A constant-velocity Kalman filter of one coordinate: place in pixels, speed in pixels per analyzed frame, and their
/// covariance (R. E. Kalman 1960; white noise of acceleration as process noise).
struct AxisFilter: Hashable, Sendable, Codable {
    private(set) var place: Double
    private(set) var speed = 0.0
    private(set) var placeVariance: Double
    private var covariance = 0.0
    private var speedVariance: Double

    init(place: Double, placeDeviation: Double, speedDeviation: Double) {
        self.place = place
        placeVariance = placeDeviation * placeDeviation
        speedVariance = speedDeviation * speedDeviation
    }

    /// Goes one frame ahead.
    mutating func predict(accelerationDeviation: Double, speedKept: Double) {
        speed *= speedKept
        place += speed
        let q = accelerationDeviation * accelerationDeviation
        placeVariance += 2 * covariance + speedVariance + q / 4
        covariance += speedVariance + q / 2
        speedVariance += q
    }

    /// Moves into the coordinates of the next picture, whose lengths are `scale` times those of this one.
    mutating func move(place: Double, speed: Double, scale: Double) {
        (self.place, self.speed) = (place, speed)
        let square = scale * scale
        placeVariance *= square
        covariance *= square
        speedVariance *= square
    }

    mutating func loosen(placeDeviation: Double) { placeVariance += placeDeviation * placeDeviation }

    mutating func correct(measured: Double, deviation: Double) {
        let whole = placeVariance + deviation * deviation
        guard whole > 0 else { return }
        let placeGain = placeVariance / whole
        let speedGain = covariance / whole
        let innovation = measured - place
        place += placeGain * innovation
        speed += speedGain * innovation
        speedVariance -= speedGain * covariance
        covariance *= 1 - placeGain
        placeVariance *= 1 - placeGain
    }
}
