public import Detection
internal import Kernels
public import ShrikeCore

/// How far the features of one form of a base are from those of another: the cosine between both vectors at each cell.
public struct FeatureDrift: Sendable {
    public struct Tap: Hashable, Sendable {
        public var name: String
        /// Mean over all cells of all pictures.
        public var mean: Double
        /// The value that one cell in a hundred falls below.
        public var lowestPercent: Double
        public var cells: Int
    }

    public var taps: [Tap]
    public var pictures: Int

    /// Runs both on the pictures.
    ///
    /// - Precondition: both have the same taps and input.
    public static func measure(
        _ reference: Backbone, _ other: Backbone, pictures: [PixelBuffer], progress: (Double) -> Void = { _ in }
    ) throws -> FeatureDrift {
        precondition(reference.taps == other.taps && reference.input == other.input, "two forms of one base")
        let (first, second) = (try FeatureExtractor(reference), try FeatureExtractor(other))
        var cosines = [[Float]](repeating: [], count: reference.taps.count)
        for (number, picture) in pictures.enumerated() {
            try first.withFeatures(of: picture) { a in
                try second.withFeatures(of: picture) { b in
                    for tap in reference.taps.indices {
                        cosines[tap] += FeatureStatistics.cosines(a.map(tap), b.map(tap))
                    }
                }
            }
            progress(Double(number + 1) / Double(pictures.count))
        }
        return FeatureDrift(
            taps: zip(reference.taps, cosines).map { tap, values in
                let sorted = values.sorted()
                return Tap(
                    name: tap.name, mean: values.reduce(0) { $0 + Double($1) } / Double(max(1, values.count)),
                    lowestPercent: sorted.isEmpty ? 0 : Double(sorted[sorted.count / 100]), cells: values.count)
            }, pictures: pictures.count)
    }
}
