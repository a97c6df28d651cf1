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

    /// - Throws: ``DetectionError`` where tensors are missing or do not fit the taps.
    init(
        _ settings: HeadSettings.Classifier, tensors: HeadTensors, taps: [Backbone.Tap], classIndex: [Int?]
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
        (self.settings, self.classIndex, self.taps) = (settings, classIndex, positions)
    }

    /// Probability of each output.
    ///
    /// - Parameter part: as fractions of the map's rows and columns; nil takes the whole map. It is widened to whole cells,
    ///   at least one.
    /// - Throws: ``DetectionError`` where one is not finite.
    func probabilities(
        _ features: borrowing Features, part: (rows: ClosedRange<Double>, columns: ClosedRange<Double>)? = nil
    ) throws -> [Double] {
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
