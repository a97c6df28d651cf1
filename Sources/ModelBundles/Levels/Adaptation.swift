/// What an adaptation (L1) changes in its base: some tensors, by the name of the base's initializers.
///
/// In `adaptation.safetensors` a tensor called `NAME` takes the place of the initializer `NAME`; `NAME.add` is added to it;
/// `NAME.low_rank_a` (shape [r, n]) and `NAME.low_rank_b` (shape [m, r]) add the product b·a, where m is the initializer's
/// first size and n the product of the others (LoRA, Hu et al. 2021, its factor already in b). Everything else of the base
/// stays as it is. Only the fp32 form is adapted; an int8 form belongs to the tensors it was calibrated with, so an adaptation
/// brings its own as a whole (`backbone-int8.onnx`) or has none.
public struct Adaptation: Hashable, Sendable {
    /// Name of the tensors inside a bundle.
    public static let file = "adaptation.safetensors"
    /// Name of a calibrated int8 network inside a bundle, where there is one.
    public static let int8File = "backbone-int8.onnx"

    /// How one initializer changes.
    public enum Change: Hashable, Sendable {
        /// Takes its place; the same shape.
        case replace(Tensor)
        /// Is added to it; the same shape.
        case add(Tensor)
        /// b·a is added to it.
        case lowRank(a: Tensor, b: Tensor)
    }

    /// By name of the initializer.
    public var changes: [String: Change]

    public init(changes: [String: Change]) { self.changes = changes }

    private static let (addEnding, aEnding, bEnding) = (".add", ".low_rank_a", ".low_rank_b")

    /// Sorts tensors by what they do.
    ///
    /// - Throws: ``BundleError`` for a half of a pair, two changes of one initializer, or numbers that are not finite.
    public init(_ file: TensorFile, at place: String) throws(BundleError) {
        if let name = file.nonFinite.first {
            throw BundleError(
                "tensor \(name) holds NaN or infinity", at: place, remedy: "make the adaptation again")
        }
        var changes: [String: Change] = [:]
        for (name, tensor) in file.tensors {
            let target: String
            let change: Change
            if let stem = Self.stem(name, Self.addEnding) {
                (target, change) = (stem, .add(tensor))
            } else if let stem = Self.stem(name, Self.aEnding) {
                guard let b = file.tensors[stem + Self.bEnding] else { throw Self.half(name, at: place) }
                (target, change) = (stem, .lowRank(a: tensor, b: b))
            } else if let stem = Self.stem(name, Self.bEnding) {
                guard file.tensors[stem + Self.aEnding] != nil else { throw Self.half(name, at: place) }
                continue
            } else {
                (target, change) = (name, .replace(tensor))
            }
            guard changes.updateValue(change, forKey: target) == nil else {
                throw BundleError("two changes of \(target)", at: place, remedy: "make the adaptation again")
            }
        }
        self.changes = changes
    }

    /// The tensors of the file.
    public var tensors: TensorFile {
        var tensors: [String: Tensor] = [:]
        for (name, change) in changes {
            switch change {
            case .replace(let tensor): tensors[name] = tensor
            case .add(let tensor): tensors[name + Self.addEnding] = tensor
            case .lowRank(let a, let b): (tensors[name + Self.aEnding], tensors[name + Self.bEnding]) = (a, b)
            }
        }
        return TensorFile(tensors: tensors)
    }

    private static func stem(_ name: String, _ ending: String) -> String? {
        name.hasSuffix(ending) && name.count > ending.count ? String(name.dropLast(ending.count)) : nil
    }

    private static func half(_ name: String, at place: String) -> BundleError {
        BundleError("tensor \(name) lacks the other half of its pair", at: place, remedy: "make the adaptation again")
    }
}
