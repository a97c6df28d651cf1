import ShrikeCore

/// Delays between attempts: about a seventh of the time that the camera has been away, so that what returns is missed for
/// little longer than it was away; up to a limit, spread by a fifth so that cameras that went together do not come back
/// together. The spread comes from a seed, not from a random generator.
struct Backoff {
    private static let growth = 1.15

    private let first: MediaTime
    private let longest: MediaTime
    private let seed: UInt64
    private var attempt: UInt64 = 0

    init(first: MediaTime, longest: MediaTime, seed: UInt64) {
        (self.first, self.longest, self.seed) = (max(first, MediaTime(milliseconds: 1)), longest, seed)
    }

    mutating func next() -> MediaTime {
        var delay = Double(first.microseconds)
        for _ in 0..<min(attempt, 64) { delay = min(delay * Self.growth, Double(longest.microseconds)) }
        let spread = 0.8 + 0.4 * Double(mixed(seed &+ attempt) >> 11) / Double(1 << 53)
        attempt &+= 1
        return MediaTime(seconds: min(delay * spread, Double(longest.microseconds)) / 1_000_000)
    }

    mutating func reset() { attempt = 0 }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    private func mixed(_ value: UInt64) -> UInt64 {
        var z = value &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
