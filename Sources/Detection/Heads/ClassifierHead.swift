internal import Foundation
internal import Kernels
internal import ShrikeCore

/// A linear classifier on mean and standard deviation of every channel of several taps, over the whole map or a part of
/// it: x = (f - mean) / deviation / sqrt(numbers), p = softmax(sharpness * (W x + b)).
struct ClassifierHead: Sendable {
    let settings: HeadSettings.Classifier
    /// Scene class of each output; nil for `normal`.
    let classIndex: [Int?]
    private let taps: [Int]
    private let mean: [Float]
    private let deviation: [Float]
    private let weights: [Float]
    private let bias: [Float]
    /// Where what lies too far from every class is told.
    private let unknown: Unknown?

    private struct Unknown: Sendable {
        var settings: HeadSettings.Classifier.Unknown
        var classIndex: Int
        /// Of every class, after z-scoring.
        var means: [Float]
        /// Variance within classes.
        var within: [Float]
    }

    /// - Throws: ``DetectionError`` where tensors are missing or do not fit the taps.
    init(
        _ settings: HeadSettings.Classifier, tensors: HeadTensors, taps: [Backbone.Tap], classIndex: [Int?],
        unknownIndex: Int?
    ) throws(DetectionError) {
        var positions: [Int] = []
        for name in settings.taps {
            guard let tap = taps.firstIndex(where: { $0.name == name }) else {
                throw DetectionError(
                    "the base has no output '\(name)'", at: tensors.place, remedy: "make the scene on this base")
            }
            positions.append(tap)
        }
        let prefix = settings.prefix
        let count = 2 * positions.reduce(0) { $0 + taps[$1].channels }
        mean = try tensors.values("\(prefix).mean", shape: [count])
        deviation = try tensors.values("\(prefix).deviation", shape: [count])
        weights = try tensors.values("\(prefix).weight", shape: [settings.classes.count, count])
        bias = try tensors.values("\(prefix).bias", shape: [settings.classes.count])
        guard deviation.allSatisfy({ $0 > 0 }) else {
            throw DetectionError(
                "tensor '\(prefix).deviation' holds numbers that are not above 0", at: tensors.place,
                remedy: "make the scene again")
        }
        unknown = try Self.unknown(settings, tensors, count: count, unknownIndex)
        (self.settings, self.classIndex, self.taps) = (settings, classIndex, positions)
    }

    private static func unknown(
        _ settings: HeadSettings.Classifier, _ tensors: HeadTensors, count: Int, _ classIndex: Int?
    ) throws(DetectionError) -> Unknown? {
        guard let unknown = settings.unknown, let classIndex else { return nil }
        let within = try tensors.values("\(settings.prefix).within", shape: [count])
        guard within.allSatisfy({ $0 > 0 }) else {
            throw DetectionError(
                "tensor '\(settings.prefix).within' holds numbers that are not above 0", at: tensors.place,
                remedy: "make the scene again")
        }
        return Unknown(
            settings: unknown, classIndex: classIndex,
            means: try tensors.values("\(settings.prefix).class_mean", shape: [settings.classes.count, count]),
            within: within)
    }

    /// Class and score of what is like no class; nil where such are not told.
    func unknown(_ features: borrowing Features) -> (index: Int, score: Double)? {
        guard let unknown else { return nil }
        let described = describe(features, part: nil)
        var least = Double.infinity
        for output in settings.classes.indices {
            var sum = 0.0
            for i in described.indices {
                let away = (described[i] - mean[i]) / deviation[i] - unknown.means[output * described.count + i]
                sum += Double(away * away / unknown.within[i])
            }
            least = min(least, sum)
        }
        let distance = (least / Double(described.count)).squareRoot()
        return (unknown.classIndex, 1 / (1 + exp((unknown.settings.center - distance) / unknown.settings.spread)))
    }

    private func describe(
        _ features: borrowing Features, part: (rows: ClosedRange<Double>, columns: ClosedRange<Double>)?
    ) -> [Float] {
        var described: [Float] = []
        described.reserveCapacity(mean.count)
        for tap in taps {
            if let part {
                let map = features.map(tap)
                described += FeatureStatistics.moments(
                    map, rows: Self.cells(part.rows, of: map.rows), columns: Self.cells(part.columns, of: map.columns))
            } else {
                described += features.moments(tap)
            }
        }
        return described
    }

    /// Probability of each output.
    ///
    /// - Parameter part: as fractions of the map's rows and columns; nil takes the whole map. It is widened to whole cells,
    ///   at least one.
    /// - Throws: ``DetectionError`` where one is not finite.
    func probabilities(
        _ features: borrowing Features, part: (rows: ClosedRange<Double>, columns: ClosedRange<Double>)? = nil
    ) throws -> [Double] {
        let described = describe(features, part: part)
        let norm = Double(described.count).squareRoot()
        let scaled = described.indices.map { Float(Double((described[$0] - mean[$0]) / deviation[$0]) / norm) }
        var scores = settings.classes.indices.map { output in
            var sum = Double(bias[output])
            let row = output * scaled.count
            for i in scaled.indices { sum += Double(weights[row + i] * scaled[i]) }
            return sum * settings.sharpness
        }
        let top = scores.max() ?? 0
        scores = scores.map { exp($0 - top) }
        let total = scores.reduce(0, +)
        guard total.isFinite, total > 0 else {
            throw DetectionError(
                "the classifier gives scores that are not finite", at: settings.prefix, remedy: "make the scene again")
        }
        return scores.map { $0 / total }
    }

    private static func cells(_ part: ClosedRange<Double>, of count: Int) -> Range<Int> {
        let first = min(count - 1, max(0, Int((part.lowerBound * Double(count)).rounded(.down))))
        return first..<min(count, max(first + 1, Int((part.upperBound * Double(count)).rounded(.up))))
    }
}
