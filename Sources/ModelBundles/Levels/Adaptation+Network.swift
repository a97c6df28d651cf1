public import Foundation

extension Adaptation {
    /// The base's network with the changes in it.
    ///
    /// - Parameter network: the bytes of an ONNX file (onnx.proto3) whose changed initializers are float32 and inside the file.
    /// - Throws: ``BundleError`` for an initializer that is not there or has another shape or type.
    public func applied(to network: Data, at place: String) throws(BundleError) -> Data {
        var left = changes
        var model = ProtobufFields(network)
        var out = Data()
        while let field = model.next() {
            guard field.number == 7, let graph = field.message else {
                out.append(field.raw)
                continue
            }
            var parts = ProtobufFields(graph)
            var changed = Data()
            while let part = parts.next() {
                guard part.number == 5, let bytes = part.message,
                    let tensor = ONNXInitializer(bytes), let change = left.removeValue(forKey: tensor.name)
                else {
                    changed.append(part.raw)
                    continue
                }
                let values = try Self.values(of: tensor, after: change, at: place)
                changed.append(ProtobufFields.field(5, tensor.holding(values)))
            }
            guard !parts.failed else { throw Self.unreadable(place) }
            out.append(ProtobufFields.field(7, changed))
        }
        guard !model.failed else { throw Self.unreadable(place) }
        if let name = left.keys.min() {
            throw BundleError(
                "the base has no initializer \(name)", at: place, remedy: "make the adaptation on this base")
        }
        return out
    }

    private static func values(
        of tensor: ONNXInitializer, after change: Change, at place: String
    ) throws(BundleError) -> [Float] {
        func refuse(_ what: String) -> BundleError {
            BundleError("\(tensor.name): \(what)", at: place, remedy: "make the adaptation on this base")
        }
        guard tensor.isFloat32 else { throw refuse("is no float32 initializer of the base") }
        switch change {
        case .replace(let new), .add(let new):
            guard new.shape == tensor.shape else { throw refuse("has shape \(new.shape), the base's \(tensor.shape)") }
            if case .replace = change { return new.floats }
        case .lowRank(let a, let b):
            let rest = tensor.shape.dropFirst().reduce(1, *)
            guard let rows = tensor.shape.first, a.shape.count == 2, b.shape.count == 2, b.shape[0] == rows,
                a.shape[1] == rest, a.shape[0] == b.shape[1]
            else { throw refuse("low-rank pair \(b.shape) x \(a.shape) does not fit \(tensor.shape)") }
        }
        guard var values = tensor.values else { throw refuse("numbers of the base cannot be read") }
        switch change {
        case .replace: break
        case .add(let new): for (i, value) in new.floats.enumerated() { values[i] += value }
        case .lowRank(let a, let b): addProduct(b.floats, a.floats, rank: a.shape[0], to: &values)
        }
        return values
    }

    /// values [m, n] += b [m, r] · a [r, n].
    private static func addProduct(_ b: [Float], _ a: [Float], rank: Int, to values: inout [Float]) {
        guard rank > 0 else { return }
        let columns = a.count / rank
        guard columns > 0 else { return }
        for row in 0..<b.count / rank {
            for k in 0..<rank {
                let factor = b[row * rank + k]
                for column in 0..<columns { values[row * columns + column] += factor * a[k * columns + column] }
            }
        }
    }

    private static func unreadable(_ place: String) -> BundleError {
        BundleError("the base's network is no readable ONNX file", at: place, remedy: "import the base again")
    }
}
