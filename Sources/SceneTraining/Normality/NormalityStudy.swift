internal import Foundation
internal import Kernels
public import ModelBundles

/// What looks as usual: sums of every cell, and the head solved from them with a threshold that means a rate of false alarms.
public struct NormalityStudy: Hashable, Sendable {
    /// Begin of the names of its tensors.
    public static let prefix = "normality"
    /// Class of what does not look as usual.
    public static let className = "unusual"
    /// Share of normal pictures that the threshold lets raise a finding.
    public static let falseAlarms = 0.01

    public private(set) var sums: CellSums

    /// One picture of the base's map, after the 3x3 mean: `cells` vectors one after another.
    public typealias Vectors = [Float]

    /// - Parameters:
    ///   - first: the first pictures, which fix the scale; at least one.
    ///   - isMoving: one idea of normal for the whole picture.
    public init(first: [Vectors], channels: Int, isMoving: Bool) {
        let cells = (first.first?.count ?? channels) / channels
        sums = CellSums(
            scaler: FeatureScaler(samples: first.flatMap(\.self), count: channels), cells: isMoving ? 1 : cells)
    }

    public init(sums: CellSums) { self.sums = sums }

    /// Adds pictures or takes them away.
    ///
    /// - Throws: ``TeachingError``; nothing of this call has counted then.
    public mutating func learn(_ pictures: [Vectors], isTakenAway: Bool = false) throws(TeachingError) {
        var next = sums
        for picture in pictures { try next.add(picture, isTakenAway: isTakenAway) }
        sums = next
    }

    /// Tensors of the serving head.
    ///
    /// - Throws: ``TeachingError`` where there are too few pictures.
    public func tensors() throws(TeachingError) -> [String: Tensor] {
        let solved = try sums.solved()
        let cells = sums.counts.count
        return [
            "\(Self.prefix).mean": Tensor(solved.means, shape: [cells, solved.dimensions]),
            "\(Self.prefix).factor": Tensor(
                solved.factors, shape: [cells, CellGaussian.triangle(solved.dimensions)]),
        ]
    }

    /// Largest distance of a cell, of each picture, by models that have not seen it: in turn a quarter is taken away, exactly.
    ///
    /// - Parameter pictures: that are in the sums.
    /// - Throws: ``TeachingError`` where what is left is too little.
    public func heldBackPeaks(_ pictures: [Vectors]) throws(TeachingError) -> [Double] {
        let folds = min(4, pictures.count)
        var peaks: [Double] = []
        for fold in 0..<folds {
            let part = stride(from: fold, to: pictures.count, by: folds).map { pictures[$0] }
            var rest = self
            try rest.learn(part, isTakenAway: true)
            guard rest.sums.counts.allSatisfy({ $0 >= 2 }) else { continue }
            var model = try rest.sums.solved()
            for picture in part { peaks.append(Self.peak(picture, &model)) }
        }
        return peaks
    }

    private static func peak(_ picture: Vectors, _ model: inout CellGaussian) -> Double {
        let channels = model.dimensions
        let cells = picture.count / channels
        // The Gaussian reads planes.
        let planes = (0..<picture.count).map { picture[($0 % cells) * channels + $0 / cells] }
        var distances: [Float] = []
        planes.withUnsafeBufferPointer {
            model.distances(FeatureMap($0, channels: channels, rows: 1, columns: cells), into: &distances)
        }
        return Double(distances.max() ?? 0)
    }

    /// Distance that gives a score of one half, and the one that raises it to 0.73, from peaks of normal pictures.
    ///
    /// The share ``falseAlarms`` of normal pictures lies above the center: the quantile itself where there are 100 pictures and
    /// more for it, else that of a lognormal fit, widened by one standard error for the few.
    ///
    /// - Returns: nil for fewer than two peaks.
    public static func calibration(_ peaks: [Double]) -> (center: Double, spread: Double)? {
        guard peaks.count >= 2 else { return nil }
        let sorted = peaks.sorted()
        let logs = sorted.map { log(max(1e-9, $0)) }
        let mean = logs.reduce(0, +) / Double(logs.count)
        let deviation = (logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(logs.count - 1)).squareRoot()
        let normalQuantile = 2.326
        var center: Double
        if Double(peaks.count) * falseAlarms >= 1 {
            let above = max(1, Int((Double(sorted.count) * falseAlarms).rounded(.down)))
            center = (sorted[sorted.count - above] + sorted[sorted.count - above - 1]) / 2
        } else {
            // Standard error of a normal quantile from n samples.
            let error = ((1 + normalQuantile * normalQuantile / 2) / Double(logs.count)).squareRoot()
            center = exp(mean + (normalQuantile + error) * deviation)
        }
        center = max(center, exp(mean) * 1.001)
        return (center, (center - exp(mean)) / 4)
    }
}
