import Foundation
import Kernels

/// The error of a satellite receiver without corrections over one flight, in meters of a level plane.
///
/// Nine tenths of the variance are a bias that stays for the whole flight; the rest wanders over tens of seconds, as the sum
/// of three slow waves.
struct PositionNoise: Sendable {
    private let bias: (x: Double, y: Double)
    private let amplitude: Double
    private let phases: [Double]

    /// - Parameter meters: deviation of one axis.
    init(seed: SplitMix64, meters: Double) {
        var random = seed
        let share = meters * 0.9.squareRoot()
        bias = (share * random.normal(), share * random.normal())
        // Three waves of amplitude a have a deviation of a times the root of 3/2.
        amplitude = meters * 0.1.squareRoot() / 1.5.squareRoot()
        phases = (0..<6).map { _ in random.uniform(0...(2 * .pi)) }
    }

    func offset(at time: Double) -> (x: Double, y: Double) {
        let periods = [47.0, 29, 13]
        func wave(_ first: Int) -> Double {
            periods.enumerated().reduce(0) {
                $0 + amplitude * sin(2 * .pi * time / $1.element + phases[first + $1.offset])
            }
        }
        return (bias.x + wave(0), bias.y + wave(3))
    }
}
