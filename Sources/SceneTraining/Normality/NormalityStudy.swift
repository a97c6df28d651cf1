internal import Foundation
internal import Integrity
internal import Kernels
public import ModelBundles

/// What looks as usual, and the head solved from it with a threshold that means a rate of false alarms.
///
/// Sums of every cell count all pictures. While there are few (``NormalPictures/few``) and the camera stands still, their
/// vectors are kept too, and the head is a calibrated bank of them; beyond, and for moving cameras, it is a Gaussian of every
/// cell. A scene that has left the bank stays with Gaussians.
public struct NormalityStudy: Hashable, Sendable {
    /// Begin of the names of its tensors.
    public static let prefix = "normality"
    private static let picturesPrefix = "normality.pictures"
    /// Class of what does not look as usual.
    public static let className = "unusual"
    /// Share of normal pictures that the threshold lets raise a finding.
    public static let falseAlarms = 0.01

    public private(set) var sums: CellSums
    /// Nil for moving cameras, and once there were more than a bank is made from.
    public private(set) var pictures: NormalPictures?

    /// - Parameters:
    ///   - first: the first pictures, which fix the scale and are not learned by this; at least one.
    ///   - isMoving: one idea of normal for the whole picture.
    public init(first: [NormalPicture], map: NormalPictures.Map, isMoving: Bool) {
        sums = CellSums(
            scaler: FeatureScaler(samples: first.flatMap(\.vectors), count: map.channels),
            cells: isMoving ? 1 : map.cells)
        pictures = isMoving ? nil : NormalPictures(map: map)
    }

    /// Reads what ``statistics`` gave.
    ///
    /// - Throws: ``TeachingError`` where something is missing or broken.
    public init(_ file: TensorFile, at place: String) throws(TeachingError) {
        sums = try CellSums(file, prefix: Self.prefix, at: place)
        pictures = try NormalPictures(file, prefix: Self.picturesPrefix, at: place)
        guard let pictures else { return }
        guard sums.counts.allSatisfy({ $0 == pictures.count }), pictures.map.cells == sums.counts.count,
            pictures.map.channels == sums.dimensions
        else { throw TeachingError("pictures and sums differ", at: place, remedy: "teach the scene anew") }
    }

    /// What a later version, or another gateway, goes on from.
    public var statistics: [String: Tensor] {
        sums.tensors(Self.prefix).merging(pictures?.tensors(Self.picturesPrefix) ?? [:]) { mine, _ in mine }
    }

    /// Whether the head is a bank, and distances are deviations from the usual; else they are Mahalanobis distances.
    public var isBank: Bool { pictures?.isFew ?? false }

    /// Adds pictures or takes them away.
    ///
    /// - Throws: ``TeachingError``; nothing of this call has counted then.
    public mutating func learn(_ new: [NormalPicture], isTakenAway: Bool = false) throws(TeachingError) {
        var next = self
        for picture in new {
            try next.sums.add(picture.vectors, isTakenAway: isTakenAway)
            if isTakenAway { next.pictures?.remove(picture.digest) } else { next.pictures?.add(picture) }
        }
        next.leaveBankWhereMany()
        self = next
    }

    /// Joins what another gateway found usual.
    ///
    /// - Parameter common: what both began from and counts once.
    /// - Throws: ``TeachingError`` where they do not come from one scene.
    public mutating func join(_ other: NormalityStudy, common: NormalityStudy?) throws(TeachingError) {
        var next = self
        try next.sums.join(other.sums)
        if let common { try next.sums.separate(common.sums) }
        if let theirs = other.pictures { next.pictures?.join(theirs) } else { next.pictures = nil }
        next.leaveBankWhereMany()
        self = next
    }

    private mutating func leaveBankWhereMany() {
        if let pictures, pictures.count > NormalPictures.few.upperBound { self.pictures = nil }
    }

    /// Tensors of the serving head.
    ///
    /// - Throws: ``TeachingError`` where there are too few pictures.
    public func tensors() throws(TeachingError) -> [String: Tensor] {
        if isBank, let pictures { return Self.tensors(pictures.calibrated().bank) }
        let solved = try sums.solved()
        let cells = sums.counts.count
        return [
            "\(Self.prefix).mean": Tensor(solved.means, shape: [cells, solved.dimensions]),
            "\(Self.prefix).factor": Tensor(
                solved.factors, shape: [cells, CellGaussian.triangle(solved.dimensions)]),
        ]
    }

    /// A byte a number: it costs no accuracy (see the target's page) and a quarter of the way over the air.
    private static func tensors(_ solved: CalibratedBank) -> [String: Tensor] {
        let (members, dimensions) = (solved.bank.members, solved.bank.dimensions)
        let scale = max(members.reduce(0) { max($0, abs($1)) } / 127, 1e-12)
        return [
            "\(prefix).bank": Tensor(
                members.map { Int8(($0 / scale).rounded()) }, shape: [members.count / dimensions, dimensions]),
            "\(prefix).bank_scale": Tensor([scale], shape: [1]),
            "\(prefix).cell_mean": Tensor(solved.means, shape: [solved.means.count]),
            "\(prefix).cell_deviation": Tensor(solved.deviations, shape: [solved.deviations.count]),
        ]
    }

    /// Largest distance of a cell, of each picture, by models that have not seen it: in turn a quarter is taken away.
    ///
    /// - Parameter recent: pictures that are in the sums; a scene that keeps its pictures looks at those.
    /// - Throws: ``TeachingError`` where what is left is too little.
    public func heldBackPeaks(_ recent: [NormalPicture]) throws(TeachingError) -> [Double] {
        if isBank, let pictures { return pictures.calibrated().peaks }
        let looked = (pictures?.inOrder ?? recent).map(\.vectors)
        let folds = min(4, looked.count)
        var peaks: [Double] = []
        for fold in 0..<folds {
            let part = stride(from: fold, to: looked.count, by: folds).map { looked[$0] }
            var rest = sums
            for picture in part { try rest.add(picture, isTakenAway: true) }
            guard rest.counts.allSatisfy({ $0 >= 2 }) else { continue }
            var model = try rest.solved()
            for picture in part { peaks.append(Self.peak(picture, &model)) }
        }
        return peaks
    }

    private static func peak(_ picture: [Float], _ model: inout CellGaussian) -> Double {
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
    /// more for it, else that of a fit, widened by one standard error for the few. Distances are fitted with a lognormal;
    /// deviations, which are largest ones of many cells and may be negative, with a Gumbel distribution by its moments.
    ///
    /// - Returns: nil for fewer than two peaks.
    public func calibration(_ peaks: [Double]) -> (center: Double, spread: Double)? {
        guard peaks.count >= 2 else { return nil }
        let sorted = peaks.sorted()
        if Double(peaks.count) * Self.falseAlarms >= 1 {
            let above = max(1, Int((Double(sorted.count) * Self.falseAlarms).rounded(.down)))
            let center = (sorted[sorted.count - above] + sorted[sorted.count - above - 1]) / 2
            return Self.scale(center: center, usual: sorted[sorted.count / 2])
        }
        let values = isBank ? sorted : sorted.map { log(max(1e-9, $0)) }
        let mean = values.reduce(0, +) / Double(values.count)
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
        // Of the 99th percent in deviations from the mean.
        let quantile = isBank ? 3.137 : 2.326
        let error = ((1 + quantile * quantile / 2) / Double(values.count)).squareRoot()
        let center = mean + (quantile + error) * deviation
        return isBank
            ? Self.scale(center: center, usual: mean) : Self.scale(center: exp(center), usual: exp(mean))
    }

    private static func scale(center: Double, usual: Double) -> (center: Double, spread: Double) {
        let center = max(center, usual + 0.001 * max(1, abs(usual)))
        return (center, (center - usual) / 4)
    }
}
