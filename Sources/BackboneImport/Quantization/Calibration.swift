internal import Detection
internal import Inference
internal import Kernels
internal import ShrikeCore

/// Finds the ranges of a network's values by running it in floating point, all values of interest being outputs.
struct Calibration {
    let model: ONNXModel
    let name: String
    let pixels: PixelInput
    let settings: NetworkSettings

    private static let bins = 2048
    /// Outputs of one pass; engines are asked for no more at a time.
    private static let valuesAtOnce = 64

    /// - Parameters:
    ///   - pictures: stretched to the network's input.
    ///   - progress: share done, 0 to 1.
    /// - Throws: ``BackboneImportError`` where a value is not finite.
    func ranges(
        of values: [String], rectified: Set<String>, pictures: [PixelBuffer], input: InputSize,
        progress: (Double) -> Void
    ) throws -> [String: ActivationRange] {
        var ranges: [String: ActivationRange] = [:]
        let parts = stride(from: 0, to: values.count, by: Self.valuesAtOnce)
            .map { Array(values[$0..<min(values.count, $0 + Self.valuesAtOnce)]) }
        for (number, part) in parts.enumerated() {
            let backbone = try Backbone.load(
                try model.keeping(outputs: part, name: name), name: name, pixels: pixels, input: input,
                settings: settings)
            let extractor = try FeatureExtractor(backbone)
            var limits = [(low: Float, high: Float)](repeating: (0, 0), count: part.count)
            var histograms = [[UInt64]](repeating: [UInt64](repeating: 0, count: Self.bins), count: part.count)
            let steps = Double(2 * pictures.count * parts.count)
            for pass in 0..<2 {
                for (position, picture) in pictures.enumerated() {
                    try extractor.withFeatures(of: picture) { features in
                        for index in part.indices {
                            let map = features.map(index).values
                            if pass == 0 {
                                FeatureStatistics.widen(&limits[index], by: map)
                            } else {
                                FeatureStatistics.count(
                                    map, low: limits[index].low, high: limits[index].high, into: &histograms[index])
                            }
                        }
                    }
                    progress(Double(pictures.count * (2 * number + pass) + position + 1) / steps)
                }
            }
            for (index, value) in part.enumerated() {
                guard limits[index].low.isFinite, limits[index].high.isFinite else {
                    throw BackboneImportError(
                        "value '\(value)' is not finite on the calibration pictures", at: name,
                        remedy: "check the network, or calibrate with other footage")
                }
                ranges[value] = ActivationRange.best(
                    histograms[index], low: limits[index].low, high: limits[index].high,
                    isRectified: rectified.contains(value))
            }
        }
        return ranges
    }
}
