/// Delays between attempts that double up to a limit, with full jitter so many gateways do not return at once.
struct Backoff: Sendable {
    var minimum: Duration = .milliseconds(100)
    var maximum: Duration = .seconds(60)
    private var ceiling: Duration?

    init(minimum: Duration = .milliseconds(100), maximum: Duration = .seconds(60)) {
        (self.minimum, self.maximum) = (minimum, maximum)
    }

    /// The delay before the next attempt.
    ///
    /// - Parameter jitter: uniform in 0...1; the delay lies between ``minimum`` and the current ceiling.
    mutating func next(jitter: Double) -> Duration {
        let current = min(ceiling ?? minimum * 2, maximum)
        ceiling = min(current * 2, maximum)
        return max(minimum, current * min(max(jitter, 0), 1))
    }

    mutating func reset() { ceiling = nil }
}
