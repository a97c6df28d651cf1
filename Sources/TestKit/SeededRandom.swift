import Foundation

/// SplitMix64 (Steele, Lea, Flood 2014) with normal numbers after Box and Muller: the same everywhere.
public struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number from `low` to below `high`.
    public mutating func uniform(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * Double(next() >> 11) / Double(1 << 53)
    }

    /// A normally distributed number around 0.
    public mutating func normal(_ sigma: Double) -> Double {
        let u = max(uniform(0, 1), 1e-300)
        return sigma * (-2 * log(u)).squareRoot() * cos(2 * .pi * uniform(0, 1))
    }
}
