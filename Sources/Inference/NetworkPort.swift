/// An input or output of a network.
public struct NetworkPort: Hashable, Sendable, CustomStringConvertible {
    public enum ElementType: String, Sendable { case float32, float16, float64, uint8, int8, int32, int64, bool, other }

    public var name: String
    /// Size of each dimension; -1 where it is known only after a run.
    public var shape: [Int]
    public var type: ElementType

    public init(name: String, shape: [Int], type: ElementType) {
        (self.name, self.shape, self.type) = (name, shape, type)
    }

    /// e.g. `output 1x84x8400 float32`.
    public var description: String {
        let size = shape.map { $0 < 0 ? "?" : String($0) }.joined(separator: "x")
        return "\(name) \(size.isEmpty ? "scalar" : size) \(type.rawValue)"
    }
}
