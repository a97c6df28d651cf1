/// An output of a run, lent: good until the request runs again.
public struct TensorView {
    public var name: String
    public var shape: [Int]
    public var values: UnsafeBufferPointer<Float>

    public init(name: String, shape: [Int], values: UnsafeBufferPointer<Float>) {
        (self.name, self.shape, self.values) = (name, shape, values)
    }
}
