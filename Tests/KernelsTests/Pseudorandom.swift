/// A deterministic generator for tests (Knuth's MMIX constants).
struct Pseudorandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed &+ 1 }

    mutating func bits() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }

    /// 0 to 1.
    mutating func unit() -> Float { Float(bits() & 0xFFFF) / 65_536 }
}
