internal import Inference
public import Kernels

/// Feature maps of one pass, lent, with what several heads need of them computed once.
public struct Features: ~Copyable {
    public let taps: [Backbone.Tap]
    private let outputs: [TensorView]
    private let shared = Shared()

    /// What was computed of the maps so far, by position of the tap.
    private final class Shared {
        var means: [Int: [Float]] = [:]
        var moments: [Int: [Float]] = [:]
    }

    init(taps: [Backbone.Tap], outputs: [TensorView]) { (self.taps, self.outputs) = (taps, outputs) }

    /// The map of a tap.
    ///
    /// - Precondition: there is a tap at this position.
    public func map(_ tap: Int) -> FeatureMap {
        FeatureMap(outputs[tap].values, channels: taps[tap].channels, rows: taps[tap].rows, columns: taps[tap].columns)
    }

    /// A copy of the map of a tap: its planes one after another.
    public func values(_ tap: Int) -> [Float] {
        Array(outputs[tap].values.prefix(taps[tap].channels * taps[tap].rows * taps[tap].columns))
    }

    /// The vectors of all cells of a tap after a 3x3 mean, as the normality head sees them.
    public func meanCells(_ tap: Int) -> [Float] { withMeanMap(tap) { FeatureStatistics.cells($0) } }

    /// Lends the map of a tap after a 3x3 mean over the cells that exist.
    func withMeanMap<R>(_ tap: Int, _ body: (FeatureMap) throws -> R) rethrows -> R {
        if shared.means[tap] == nil {
            var mean: [Float] = []
            FeatureStatistics.mean3(map(tap), into: &mean)
            shared.means[tap] = mean
        }
        let tapped = taps[tap]
        return try (shared.means[tap] ?? []).withUnsafeBufferPointer {
            try body(FeatureMap($0, channels: tapped.channels, rows: tapped.rows, columns: tapped.columns))
        }
    }

    /// Means of the tap's channels over the whole map, then their standard deviations.
    public func moments(_ tap: Int) -> [Float] {
        if let known = shared.moments[tap] { return known }
        let found = FeatureStatistics.moments(map(tap), rows: 0..<taps[tap].rows, columns: 0..<taps[tap].columns)
        shared.moments[tap] = found
        return found
    }
}
