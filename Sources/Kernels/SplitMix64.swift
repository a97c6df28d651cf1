/// A small, fast generator of reproducible numbers: the same seed gives the same sequence on every machine.
///
/// Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
public struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in [0, 1), 53 bits.
    public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform between both ends.
    public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * unit()
    }

    /// Uniform among 0..<count; 0 where count is not positive.
    public mutating func index(below count: Int) -> Int { count > 0 ? Int(next() % UInt64(count)) : 0 }

    /// Nearly normal with mean 0 and deviation 1: the sum of twelve uniform numbers less 6, so never beyond ±6.
    public mutating func normal() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += unit() }
        return sum
    }

    /// A generator of its own for one purpose, so that adding numbers to one part leaves the others as they were.
    public func split(_ purpose: UInt64) -> SplitMix64 {
        var seeded = SplitMix64(seed: state ^ (purpose &* 0xD6E8_FEB8_6659_FD93))
        return SplitMix64(seed: seeded.next())
    }
}
