internal import Foundation
internal import Kernels
internal import ShrikeCore

/// Boxes by a small convolutional head, anchor-free: every cell of every level gives class scores and the distances to
/// the four sides of a box around its center (FCOS, Tian et al. 2019, here without centerness and normalization layers).
///
/// Taps are brought to a common width by 1x1 convolutions (each channel z-scored first), coarser levels are added to finer
/// ones, then on each level 3x3 by channel, 1x1, and a tower shared by the levels, and the outputs.
struct BoxesHead: Sendable {
    let settings: HeadSettings.Boxes
    /// Scene class of each output.
    let classIndex: [Int]
    private var levels: [Level]
    private let tower: Tower
    private let classes: PointwiseConvolution
    private let sides: PointwiseConvolution
    private var candidates: [Candidate] = []

    static let leastScore: Float = 0.005
    static let maximumCandidates = 1000
    static let maximumBoxes = 100

    private struct Level: Sendable {
        var tap: Int
        var rows: Int
        var columns: Int
        var lateral: PointwiseConvolution
        var tower: Tower
        /// Natural logarithms of the usual half width and half height, in strides.
        var prior: (x: Float, y: Float)
        var map: [Float] = []
        // Each level has its own, so that no frame needs new memory.
        var scratch: [Float] = []
        var logits: [Float] = []
        var offsets: [Float] = []

        mutating func run(_ tower: Tower) { tower.apply(&map, rows: rows, columns: columns, scratch: &scratch) }

        mutating func answer(_ classes: PointwiseConvolution, _ sides: PointwiseConvolution) {
            let (rows, columns) = (rows, columns)
            map.withUnsafeBufferPointer {
                let map = FeatureMap($0, channels: classes.inputs, rows: rows, columns: columns)
                classes.apply(map, into: &logits)
                sides.apply(map, into: &offsets)
            }
        }
    }

    private struct Tower: Sendable {
        var depthwise: DepthwiseConvolution
        var pointwise: PointwiseConvolution

        init(_ prefix: String, width: Int, tensors: HeadTensors) throws(DetectionError) {
            depthwise = DepthwiseConvolution(
                channels: width, weights: try tensors.values("\(prefix).depthwise.weight", shape: [width, 3, 3]),
                bias: try tensors.values("\(prefix).depthwise.bias", shape: [width]))
            pointwise = PointwiseConvolution(
                inputs: width, outputs: width,
                weights: try tensors.values("\(prefix).pointwise.weight", shape: [width, width]),
                bias: try tensors.values("\(prefix).pointwise.bias", shape: [width]))
        }

        /// `values` through both layers, with `scratch` in between.
        func apply(_ values: inout [Float], rows: Int, columns: Int, scratch: inout [Float]) {
            let width = depthwise.channels
            values.withUnsafeBufferPointer {
                depthwise.apply(
                    FeatureMap($0, channels: width, rows: rows, columns: columns), rectifies: true, into: &scratch)
            }
            scratch.withUnsafeBufferPointer {
                pointwise.apply(
                    FeatureMap($0, channels: width, rows: rows, columns: columns), rectifies: true, into: &values)
            }
        }
    }

    private struct Candidate {
        var score: Float
        var output: Int
        var box: (left: Float, top: Float, right: Float, bottom: Float)
    }

    /// - Throws: ``DetectionError`` where tensors are missing or do not fit the taps.
    init(
        _ settings: HeadSettings.Boxes, tensors: HeadTensors, taps: [Backbone.Tap], classIndex: [Int]
    ) throws(DetectionError) {
        let prefix = settings.prefix
        let width = try tensors.values("\(prefix).tower.depthwise.bias", shape: [-1]).count
        let prior = try tensors.values("\(prefix).prior", shape: [settings.taps.count, 2])
        var levels: [Level] = []
        for (number, name) in settings.taps.enumerated() {
            guard let tap = taps.firstIndex(where: { $0.name == name }) else {
                throw DetectionError(
                    "the base has no output '\(name)'", at: tensors.place, remedy: "make the scene on this base")
            }
            levels.append(
                Level(
                    tap: tap, rows: taps[tap].rows, columns: taps[tap].columns,
                    lateral: try Self.lateral("\(prefix).\(name)", taps[tap].channels, width, tensors),
                    tower: try Tower("\(prefix).\(name)", width: width, tensors: tensors),
                    prior: (prior[2 * number], prior[2 * number + 1])))
        }
        self.levels = levels
        tower = try Tower("\(prefix).tower", width: width, tensors: tensors)
        let count = settings.classes.count
        classes = PointwiseConvolution(
            inputs: width, outputs: count,
            weights: try tensors.values("\(prefix).class.weight", shape: [count, width]),
            bias: try tensors.values("\(prefix).class.bias", shape: [count]))
        sides = PointwiseConvolution(
            inputs: width, outputs: 4, weights: try tensors.values("\(prefix).box.weight", shape: [4, width]),
            bias: try tensors.values("\(prefix).box.bias", shape: [4]))
        (self.settings, self.classIndex) = (settings, classIndex)
    }

    /// The 1x1 convolution to the common width with the z-score of its inputs folded in.
    private static func lateral(
        _ prefix: String, _ channels: Int, _ width: Int, _ tensors: HeadTensors
    ) throws(DetectionError) -> PointwiseConvolution {
        let mean = try tensors.values("\(prefix).mean", shape: [channels])
        let deviation = try tensors.values("\(prefix).deviation", shape: [channels])
        var weights = try tensors.values("\(prefix).lateral.weight", shape: [width, channels])
        var bias = try tensors.values("\(prefix).lateral.bias", shape: [width])
        guard deviation.allSatisfy({ $0 > 0 }) else {
            throw DetectionError(
                "tensor '\(prefix).deviation' holds numbers that are not above 0", at: tensors.place,
                remedy: "make the scene again")
        }
        for output in 0..<width {
            var shift = 0.0
            for channel in 0..<channels {
                let at = output * channels + channel
                weights[at] /= deviation[channel]
                shift += Double(weights[at]) * Double(mean[channel])
            }
            bias[output] = Float(Double(bias[output]) - shift)
        }
        return PointwiseConvolution(inputs: channels, outputs: width, weights: weights, bias: bias)
    }

    /// Boxes of the region, best first.
    ///
    /// - Parameter floors: least score by scene class.
    /// - Throws: ``DetectionError`` where a score is not finite.
    mutating func boxes(_ features: borrowing Features, in place: HeadRegion, floors: [Float]) throws -> [RegionBox] {
        candidates.removeAll(keepingCapacity: true)
        for number in levels.indices {
            levels[number].lateral.apply(features.map(levels[number].tap), into: &levels[number].map)
        }
        for number in levels.indices.reversed() {
            if number + 1 < levels.count { addCoarser(to: number) }
        }
        for number in levels.indices {
            FeatureUpsampling.rectify(&levels[number].map)
            run(levels[number].tower, number)
            run(tower, number)
            try collect(number, place, floors)
        }
        return suppressed(place)
    }

    /// Adds the coarser level's sum before anything is rectified.
    private mutating func addCoarser(to number: Int) {
        let coarse = levels[number + 1]
        coarse.map.withUnsafeBufferPointer {
            FeatureUpsampling.add(
                FeatureMap($0, channels: coarse.lateral.outputs, rows: coarse.rows, columns: coarse.columns),
                to: &levels[number].map, rows: levels[number].rows, columns: levels[number].columns)
        }
    }

    private mutating func run(_ tower: Tower, _ number: Int) { levels[number].run(tower) }

    private mutating func collect(_ number: Int, _ place: HeadRegion, _ floors: [Float]) throws {
        levels[number].answer(classes, sides)
        let level = levels[number]
        let (logits, offsets) = (level.logits, level.offsets)
        let cells = level.rows * level.columns
        let strideX = Float(place.letterbox.inputWidth) / Float(level.columns)
        let strideY = Float(place.letterbox.inputHeight) / Float(level.rows)
        for output in classIndex.indices {
            let floor = max(Self.leastScore, floors[classIndex[output]])
            // Compared before the sigmoid: nearly all cells end here.
            let least = floor < 1 ? log(floor / (1 - floor)) : .infinity
            for cell in 0..<cells where !(logits[output * cells + cell] <= least) {
                let value = logits[output * cells + cell]
                guard value.isFinite else {
                    throw DetectionError(
                        "boxes have scores that are not finite", at: settings.prefix, remedy: "make the scene again")
                }
                let x = (Float(cell % level.columns) + 0.5) * strideX
                let y = (Float(cell / level.columns) + 0.5) * strideY
                func side(_ k: Int, _ prior: Float, _ stride: Float) -> Float {
                    stride * exp(max(-6, min(6, offsets[k * cells + cell] + prior)))
                }
                candidates.append(
                    Candidate(
                        score: 1 / (1 + exp(-value)), output: output,
                        box: (
                            x - side(0, level.prior.x, strideX), y - side(1, level.prior.y, strideY),
                            x + side(2, level.prior.x, strideX), y + side(3, level.prior.y, strideY)
                        )))
            }
        }
    }

    private mutating func suppressed(_ place: HeadRegion) -> [RegionBox] {
        // Stable by position, so that equal scores always keep their order.
        let order = candidates.indices.sorted { (candidates[$0].score, $1) > (candidates[$1].score, $0) }
            .prefix(Self.maximumCandidates)
        let kept = BoxSuppression.kept(
            boxes: order.flatMap {
                [candidates[$0].box.left, candidates[$0].box.top, candidates[$0].box.right, candidates[$0].box.bottom]
            },
            scores: order.map { candidates[$0].score }, classes: order.map { Int32(candidates[$0].output) },
            iou: Float(settings.nmsIoU), limit: Self.maximumBoxes)
        let sorted = Array(order)
        return kept.compactMap { position in
            let candidate = candidates[sorted[position]]
            return place.box(
                left: candidate.box.left, top: candidate.box.top, right: candidate.box.right,
                bottom: candidate.box.bottom, score: Double(candidate.score), index: classIndex[candidate.output])
        }
    }
}
