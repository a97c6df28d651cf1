internal import Foundation
internal import Kernels
internal import ShrikeCore

/// Normality of each cell: the vector of the 3x3 mean of a tap, optionally projected to fewer numbers, against a Gaussian
/// of that cell (or one for all) through the inverse Cholesky factor, or against a bank of usual vectors.
///
/// Method: `PaDiM` (Defard et al. 2020) with shrunk covariances, or `PatchCore` (Roth et al. 2022) with the distance of each
/// cell calibrated; see `Detection`'s page on layers.
struct NormalityHead: Sendable {
    let settings: HeadSettings.Normality
    let tap: Int
    /// Scene class of findings.
    let classIndex: Int
    private let projection: PointwiseConvolution?
    /// One of the two is there.
    private var gaussian: CellGaussian?
    private var bank: CalibratedBank?
    private var projected: [Float] = []
    private var distances: [Float] = []

    /// - Throws: ``DetectionError`` where tensors are missing or do not fit the tap.
    init(
        _ settings: HeadSettings.Normality, tensors: HeadTensors, taps: [Backbone.Tap], classIndex: Int
    ) throws(DetectionError) {
        let prefix = settings.prefix
        guard let tap = taps.firstIndex(where: { $0.name == settings.tap }) else {
            throw DetectionError(
                "the base has no output '\(settings.tap)'", at: tensors.place, remedy: "make the scene on this base")
        }
        let (channels, cells) = (taps[tap].channels, taps[tap].rows * taps[tap].columns)
        var dimensions = channels
        var projection: PointwiseConvolution?
        if tensors.has("\(prefix).projection") {
            let values = try tensors.values("\(prefix).projection", shape: [-1, channels])
            dimensions = values.count / channels
            projection = PointwiseConvolution(
                inputs: channels, outputs: dimensions, weights: values,
                bias: [Float](repeating: 0, count: dimensions))
        }
        if tensors.has("\(prefix).bank") {
            bank = try Self.bank(tensors, prefix, dimensions: dimensions, cells: cells)
        } else {
            gaussian = try Self.gaussian(tensors, prefix, dimensions: dimensions, cells: cells)
        }
        (self.settings, self.tap, self.classIndex, self.projection) = (settings, tap, classIndex, projection)
    }

    private static func gaussian(
        _ tensors: HeadTensors, _ prefix: String, dimensions: Int, cells: Int
    ) throws(DetectionError) -> CellGaussian {
        // One Gaussian for all cells needs no fixed framing.
        let means = tensors.tensors["\(prefix).mean"]?.shape.first == 1 ? 1 : cells
        let factors = tensors.tensors["\(prefix).factor"]?.shape.first == 1 ? 1 : cells
        return CellGaussian(
            dimensions: dimensions, means: try tensors.values("\(prefix).mean", shape: [means, dimensions]),
            factors: try tensors.values("\(prefix).factor", shape: [factors, CellGaussian.triangle(dimensions)]))
    }

    private static func bank(
        _ tensors: HeadTensors, _ prefix: String, dimensions: Int, cells: Int
    ) throws(DetectionError) -> CalibratedBank {
        let scale = try tensors.values("\(prefix).bank_scale", shape: [1])[0]
        let members = try tensors.values("\(prefix).bank", shape: [-1, dimensions]).map { $0 * scale }
        let deviations = try tensors.values("\(prefix).cell_deviation", shape: [cells])
        guard !members.isEmpty, scale > 0, deviations.allSatisfy({ $0 > 0 }) else {
            throw DetectionError(
                "'\(prefix).bank' is empty, or a deviation is not above 0", at: tensors.place,
                remedy: "make the scene again")
        }
        return CalibratedBank(
            bank: NeighborBank(dimensions: dimensions, members: members),
            means: try tensors.values("\(prefix).cell_mean", shape: [cells]), deviations: deviations)
    }

    /// - Throws: ``DetectionError`` where a distance is not finite.
    mutating func heatMap(_ features: borrowing Features) throws -> HeatMap {
        let place = features.taps[tap]
        features.withMeanMap(tap) { map in
            guard let projection else { return measure(map) }
            projection.apply(map, into: &projected)
            projected.withUnsafeBufferPointer {
                measure(FeatureMap($0, channels: projection.outputs, rows: map.rows, columns: map.columns))
            }
        }
        guard distances.allSatisfy(\.isFinite) else {
            throw DetectionError(
                "normality gives scores that are not finite", at: settings.prefix, remedy: "make the scene again")
        }
        let scores = distances.map { distance in
            Float(1 / (1 + exp((settings.center - Double(distance)) / settings.spread)))
        }
        return HeatMap(rows: place.rows, columns: place.columns, scores: scores, distances: distances)
    }

    private mutating func measure(_ map: FeatureMap) {
        gaussian?.distances(map, into: &distances)
        bank?.distances(map, into: &distances)
    }

    /// Ragged regions of more corners travel as boxes.
    private static let maximumCorners = 128

    /// A region of cells, with its outline, in pixels of the frame.
    func box(of region: HeatMap.Region, in place: HeadRegion, index: Int, score: Double, map: HeatMap) -> RegionBox? {
        let width = Float(place.letterbox.inputWidth) / Float(map.columns)
        let height = Float(place.letterbox.inputHeight) / Float(map.rows)
        var box = place.box(
            left: Float(region.columns.lowerBound) * width, top: Float(region.rows.lowerBound) * height,
            right: Float(region.columns.upperBound) * width, bottom: Float(region.rows.upperBound) * height,
            score: score, index: index)
        let corners = map.outline(of: region)
        if corners.count <= Self.maximumCorners {
            box?.outline = corners.map { place.point(x: Float($0.column) * width, y: Float($0.row) * height) }
        }
        return box
    }
}
