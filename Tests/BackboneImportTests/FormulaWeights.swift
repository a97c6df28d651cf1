import BackboneImport

/// EfficientNet-Lite0 with weights by the formula of `fixtures/backbone/reference.py`.
enum FormulaWeights {
    static func checkpoint() -> Checkpoint {
        var tensors: [String: Checkpoint.Tensor] = [:]
        func add(_ name: String, _ shape: [Int], seed: String, offset: Double, factor: Double) {
            let values = numbers(seed, count: shape.reduce(1, *)).map { Float(offset + factor * $0) }
            tensors[name] = Checkpoint.Tensor(shape: shape, values: values)
        }
        func layer(_ weight: String, _ norm: String, _ shape: [Int]) {
            let fanIn = Double(shape[1] * shape[2] * shape[3])
            add(weight + ".weight", shape, seed: weight, offset: 0, factor: (6 / fanIn).squareRoot())
            for (part, offset, factor) in [
                ("weight", 1, 0.2), ("bias", 0.1, 0.2), ("running_mean", 0, 0.1), ("running_var", 1, 0.5),
            ] {
                add("\(norm).\(part)", [shape[0]], seed: "\(norm).\(part)", offset: offset, factor: factor)
            }
        }
        layer("_conv_stem", "_bn0", [32, 3, 3, 3])
        var channels = 32
        var block = 0
        for (wide, repeats, kernel) in [
            (16, 1, 3), (24, 2, 3), (40, 2, 5), (80, 3, 3), (112, 3, 5), (192, 4, 5), (320, 1, 3),
        ] {
            for _ in 0..<repeats {
                let prefix = "_blocks.\(block)."
                let expanded = block == 0 ? channels : 6 * channels
                if block > 0 { layer(prefix + "_expand_conv", prefix + "_bn0", [expanded, channels, 1, 1]) }
                layer(prefix + "_depthwise_conv", prefix + "_bn1", [expanded, 1, kernel, kernel])
                layer(prefix + "_project_conv", prefix + "_bn2", [wide, expanded, 1, 1])
                channels = wide
                block += 1
            }
        }
        return Checkpoint(tensors: tensors)
    }

    private static func numbers(_ name: String, count: Int) -> [Double] {
        var seed = 0
        for (position, byte) in name.utf8.enumerated() { seed += (position + 1) * Int(byte) }
        return (0..<count).map { position in
            let spread: Int = (position * 40_503 + seed) * 30_103 % 65_521
            return Double(spread) / 32_760.5 - 1
        }
    }
}
