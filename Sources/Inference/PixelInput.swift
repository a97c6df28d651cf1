/// Makes a network's input 8-bit pixels: the engine, or a kernel before it, computes `(pixel - mean) / scale`.
public struct PixelInput: Hashable, Sendable {
    /// The network wants red, green, blue; pixels come as blue, green, red.
    public var swapsRedAndBlue: Bool
    /// By channel of the network, in units of pixel values; 3 numbers.
    public var mean: [Float]
    /// By channel of the network; 3 numbers, none 0.
    public var scale: [Float]

    public init(swapsRedAndBlue: Bool, mean: [Float] = [0, 0, 0], scale: [Float]) {
        precondition(mean.count == 3 && scale.count == 3 && scale.allSatisfy { $0 != 0 }, "three channels")
        (self.swapsRedAndBlue, self.mean, self.scale) = (swapsRedAndBlue, mean, scale)
    }

    /// Whether values reach the network as they are.
    var isPlain: Bool { mean == [0, 0, 0] && scale == [1, 1, 1] }
}
