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
        let layout = BoxHeadLayout(shape)
        let width = shape.width
        var tensors: [String: Tensor] = [:]
        func put(_ name: String, _ range: Range<Int>, _ shape: [Int]) {
            tensors["\(prefix).\(name)"] = Tensor(Array(parameters[range]), shape: shape)
        }
        func putTower(_ name: String, _ tower: BoxHeadLayout.Tower) {
            put("\(name).depthwise.weight", tower.depthwiseWeight, [width, 3, 3])
            put("\(name).depthwise.bias", tower.depthwiseBias, [width])
            put("\(name).pointwise.weight", tower.pointwiseWeight, [width, width])
            put("\(name).pointwise.bias", tower.pointwiseBias, [width])
        }
        for (number, level) in shape.levels.enumerated() {
            let (place, scale) = (layout.levels[number], scales[number])
            tensors["\(prefix).\(level.tap).mean"] = Tensor(scale.mean, shape: [level.channels])
            tensors["\(prefix).\(level.tap).deviation"] = Tensor(scale.deviation, shape: [level.channels])
            put("\(level.tap).lateral.weight", place.lateralWeight, [width, level.channels])
            put("\(level.tap).lateral.bias", place.lateralBias, [width])
            putTower(level.tap, place.tower)
        }
        putTower("tower", layout.tower)
        put("class.weight", layout.classWeight, [shape.classes, width])
        put("class.bias", layout.classBias, [shape.classes])
        put("box.weight", layout.boxWeight, [4, width])
        put("box.bias", layout.boxBias, [4])
        put("prior", layout.prior, [shape.levels.count, 2])
        return tensors
    }
}
