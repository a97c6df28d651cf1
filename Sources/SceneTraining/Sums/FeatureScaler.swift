internal import Foundation
public import Integrity
public import ModelBundles

/// Brings features to one scale and to whole numbers, so that sums of them are exact.
///
/// q = round(1024 (f - mean) / deviation), cut to ±16,383: a step is a thousandth of a standard deviation, far below the noise of
/// a network in 8 bits. Sums of such numbers and of their products are whole numbers below 2^53 for up to 2^24 samples, which
/// double precision adds without rounding: in any order, over any number of gateways, forwards and backwards, to the same bits.
/// The scaler is fixed when a scene is made; changing it would change every sum.
public struct FeatureScaler: Hashable, Sendable {
    public let mean: [Float]
    /// Above 0.
    public let deviation: [Float]

    /// Steps of one standard deviation.
    public static let steps: Float = 1024
    /// Largest whole number.
    public static let limit: Float = 16_383
    /// Samples that sums stay exact for.
    public static let maximumSamples = 1 << 24

    public var count: Int { mean.count }

    /// From the first samples of a scene.
    ///
    /// - Parameter samples: whole rows of `count` numbers, at least one.
    public init(samples: [Float], count: Int) {
        precondition(count > 0 && !samples.isEmpty && samples.count.isMultiple(of: count), "samples")
        let rows = samples.count / count
        var sums = [Double](repeating: 0, count: count)
        for row in 0..<rows { for i in 0..<count { sums[i] += Double(samples[row * count + i]) } }
        let means = sums.map { $0 / Double(rows) }
        var squares = [Double](repeating: 0, count: count)
        for row in 0..<rows {
            for i in 0..<count {
                let difference = Double(samples[row * count + i]) - means[i]
                squares[i] += difference * difference
            }
        }
        mean = means.map { Float($0) }
        // A number that never changed tells nothing yet; a small deviation would make noise of it.
        let typical = (squares.reduce(0, +) / Double(count * rows)).squareRoot()
        let least = max(1e-3 * typical, 1e-6)
        deviation = squares.map { Float(max(least, ($0 / Double(rows)).squareRoot())) }
    }

    /// Whole numbers of samples.
    ///
    /// - Throws: ``TeachingError`` where a feature is not finite.
    public func scaled(_ samples: [Float], at place: String) throws(TeachingError) -> [Float] {
        precondition(samples.count.isMultiple(of: count), "whole rows")
        var scaled = samples
        for start in stride(from: 0, to: samples.count, by: count) {
            for i in 0..<count {
                let value = (samples[start + i] - mean[i]) / deviation[i] * Self.steps
                guard value.isFinite else {
                    throw TeachingError(
                        "the base gives numbers that are not finite", at: place, remedy: "import the base again")
                }
                scaled[start + i] = max(-Self.limit, min(Self.limit, value.rounded()))
            }
        }
        return scaled
    }

    /// Tells scalers apart.
    public var digest: SHA256Digest { SHA256Digest(of: (mean + deviation).withUnsafeBytes { Data($0) }) }

    /// Tensors `PREFIX.mean` and `PREFIX.deviation`.
    public func tensors(_ prefix: String) -> [String: Tensor] {
        ["\(prefix).mean": Tensor(mean, shape: [count]), "\(prefix).deviation": Tensor(deviation, shape: [count])]
    }

    /// Reads what ``tensors(_:)`` gave.
    ///
    /// - Throws: ``TeachingError``.
    public init(_ file: TensorFile, prefix: String, at place: String) throws(TeachingError) {
        let mean = try file.floats("\(prefix).mean", shape: [-1], at: place)
        deviation = try file.floats("\(prefix).deviation", shape: [mean.count], at: place)
        self.mean = mean
        guard !mean.isEmpty, mean.allSatisfy(\.isFinite), deviation.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw TeachingError("\(prefix) is no scaler", at: place, remedy: "teach the scene anew")
        }
    }
}

extension TensorFile {
    /// Numbers of a tensor; -1 in the shape takes any size.
    func floats(_ name: String, shape: [Int], at place: String) throws(TeachingError) -> [Float] {
        try wanted(name, shape: shape, at: place).floats
    }

    func doubles(_ name: String, shape: [Int], at place: String) throws(TeachingError) -> [Double] {
        try wanted(name, shape: shape, at: place).doubles
    }

    private func wanted(_ name: String, shape: [Int], at place: String) throws(TeachingError) -> Tensor {
        do { return try tensor(name, shape: shape, at: place) } catch {
            throw TeachingError(error.what, at: place, remedy: error.remedy)
        }
    }
}
