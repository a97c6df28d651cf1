import Testing

@testable import BackboneImport

@Suite("Rounding of weights")
struct WeightRoundingTests {
    @Test("an edge filter keeps its sum, each weight within a level of its own, zeros stay")
    func sums() {
        let rounding = WeightRounding(channels: 1, rows: 3, columns: 3)
        var worst: (plain: Float, together: Float) = (0, 0)
        for seed in 0..<200 {
            var weights = (0..<9).map { Float(($0 * 7919 + seed * 104_729) % 1009) / 504.5 - 1 }
            weights[seed % 9] = 0
            let mean = weights.reduce(0, +) / 8
            for i in weights.indices where i != seed % 9 { weights[i] -= mean }
            let scale = (weights.map(abs).max() ?? 1) / 127
            let levels = rounding.levels(weights[...], scale: scale)
            #expect(zip(levels, weights).allSatisfy { abs(Float($0) - $1 / scale) <= 1.001 })
            #expect(levels[seed % 9] == 0)
            let plain = weights.reduce(Float(0)) { $0 + ($1 / scale).rounded() }
            worst.plain = max(worst.plain, abs(plain))
            worst.together = max(worst.together, abs(Float(levels.reduce(0) { $0 + Int($1) })))
        }
        #expect(worst.plain >= 2 && worst.together <= 1, "\(worst)")
    }
}
