public import ModelBundles

/// A trained box head.
public struct BoxHead: Hashable, Sendable {
    public let shape: BoxHeadShape
    /// By level: mean and deviation of each channel.
    let scales: [(mean: [Float], deviation: [Float])]
    let parameters: [Float]

    public static func == (a: BoxHead, b: BoxHead) -> Bool {
        a.shape == b.shape && a.parameters == b.parameters
            && a.scales.map(\.mean) == b.scales.map(\.mean) && a.scales.map(\.deviation) == b.scales.map(\.deviation)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(shape)
        hasher.combine(parameters)
    }

    /// Tensors of the serving head, as `Detection`'s page on layers names them.
    public func tensors(_ prefix: String) -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for piece in Self.pieces(shape) {
            tensors["\(prefix).\(piece.name)"] = Tensor(Array(parameters[piece.range]), shape: piece.shape)
        }
        for (level, scale) in zip(shape.levels, scales) {
            tensors["\(prefix).\(level.tap).mean"] = Tensor(scale.mean, shape: [level.channels])
            tensors["\(prefix).\(level.tap).deviation"] = Tensor(scale.deviation, shape: [level.channels])
        }
        return tensors
    }

    /// A head to go on from: what the tensors of a head hold, for other classes.
    ///
    /// - Parameters:
    ///   - classes: names of the outputs of the shape.
    ///   - before: names of the outputs that the tensors hold. A class that is not among them begins as in a new head.
    /// - Throws: ``TeachingError`` where a tensor is missing or has another size.
    public init(
        _ tensors: [String: Tensor], _ prefix: String, shape: BoxHeadShape, classes: [String], before: [String]
    ) throws(TeachingError) {
        func values(_ name: String, _ shape: [Int]) throws(TeachingError) -> [Float] {
            guard let tensor = tensors["\(prefix).\(name)"], tensor.shape == shape else {
                throw TeachingError(
                    "tensor '\(name)' is missing or not \(shape.map(String.init).joined(separator: "x"))", at: prefix,
                    remedy: "teach without going on from it")
            }
            return tensor.floats
        }
        precondition(classes.count == shape.classes, "a name for each output")
        let layout = BoxHeadLayout(shape)
        var parameters = [Float](repeating: 0, count: layout.count)
        for index in layout.classBias { parameters[index] = Self.firstClassBias }
        for piece in Self.pieces(shape) where piece.range != layout.classWeight && piece.range != layout.classBias {
            parameters.replaceSubrange(piece.range, with: try values(piece.name, piece.shape))
        }
        let weights = try values(Self.classWeight, [before.count, shape.width])
        let biases = try values(Self.classBias, [before.count])
        for (row, name) in classes.enumerated() {
            guard let old = before.firstIndex(of: name) else { continue }
            let start = layout.classWeight.lowerBound + row * shape.width
            parameters.replaceSubrange(
                start..<start + shape.width, with: weights[old * shape.width..<(old + 1) * shape.width])
            parameters[layout.classBias.lowerBound + row] = biases[old]
        }
        var scales: [(mean: [Float], deviation: [Float])] = []
        for level in shape.levels {
            scales.append(
                (
                    try values("\(level.tap).mean", [level.channels]),
                    try values("\(level.tap).deviation", [level.channels])
                ))
        }
        self.init(shape: shape, scales: scales, parameters: parameters)
    }

    init(shape: BoxHeadShape, scales: [(mean: [Float], deviation: [Float])], parameters: [Float]) {
        (self.shape, self.scales, self.parameters) = (shape, scales, parameters)
    }

    /// A class is rare before anything is learned.
    static let firstClassBias: Float = -4

    private static let classWeight = "class.weight"
    private static let classBias = "class.bias"

    /// Which parameters are which tensor.
    private static func pieces(_ shape: BoxHeadShape) -> [(name: String, range: Range<Int>, shape: [Int])] {
        let (layout, width) = (BoxHeadLayout(shape), shape.width)
        var pieces: [(name: String, range: Range<Int>, shape: [Int])] = [
            (classWeight, layout.classWeight, [shape.classes, width]), (classBias, layout.classBias, [shape.classes]),
            ("box.weight", layout.boxWeight, [4, width]), ("box.bias", layout.boxBias, [4]),
            ("prior", layout.prior, [shape.levels.count, 2]),
        ]
        func addTower(_ name: String, _ tower: BoxHeadLayout.Tower) {
            pieces += [
                ("\(name).depthwise.weight", tower.depthwiseWeight, [width, 3, 3]),
                ("\(name).depthwise.bias", tower.depthwiseBias, [width]),
                ("\(name).pointwise.weight", tower.pointwiseWeight, [width, width]),
                ("\(name).pointwise.bias", tower.pointwiseBias, [width]),
            ]
        }
        for (level, place) in zip(shape.levels, layout.levels) {
            pieces += [
                ("\(level.tap).lateral.weight", place.lateralWeight, [width, level.channels]),
                ("\(level.tap).lateral.bias", place.lateralBias, [width]),
            ]
            addTower(level.tap, place.tower)
        }
        addTower("tower", layout.tower)
        return pieces
    }
}
