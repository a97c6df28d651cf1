/// The learned numbers of a scene's heads, by name.
public struct HeadTensors: Sendable {
    public struct Tensor: Hashable, Sendable {
        public var shape: [Int]
        /// Row-major.
        public var values: [Float]

        /// - Precondition: there are as many values as the shape says.
        public init(shape: [Int], values: [Float]) {
            precondition(shape.reduce(1, *) == values.count, "tensor shape")
            (self.shape, self.values) = (shape, values)
        }
    }

    public var tensors: [String: Tensor]
    /// For messages.
    public var place: String

    public init(_ tensors: [String: Tensor], place: String) { (self.tensors, self.place) = (tensors, place) }

    /// The values of a tensor that must have this shape; -1 allows any size.
    ///
    /// - Throws: ``DetectionError`` where it is missing, has another shape, or holds numbers that are not finite.
    func values(_ name: String, shape: [Int]) throws(DetectionError) -> [Float] {
        guard let tensor = tensors[name] else {
            throw DetectionError("tensor '\(name)' is missing", at: place, remedy: "make the scene again")
        }
        guard tensor.shape.count == shape.count, zip(tensor.shape, shape).allSatisfy({ $1 < 0 ? $0 > 0 : $0 == $1 })
        else {
            let wanted = shape.map { $0 < 0 ? "?" : String($0) }.joined(separator: "x")
            let found = tensor.shape.map(String.init).joined(separator: "x")
            throw DetectionError(
                "tensor '\(name)' is \(found), not \(wanted)", at: place,
                remedy: "make the scene again for this base and input size")
        }
        guard tensor.values.allSatisfy(\.isFinite) else {
            throw DetectionError(
                "tensor '\(name)' holds NaN or infinity", at: place, remedy: "make the scene again")
        }
        return tensor.values
    }

    func has(_ name: String) -> Bool { tensors[name] != nil }
}
