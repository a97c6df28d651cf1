internal import Kernels

/// One execution state of a network: fill the input, run, read the outputs. Used by one thread at a time.
public final class NetworkRequest {
    public let network: Network
    private let backend: any RequestBackend
    /// Pixels for engines that take tensors only; empty where the engine's own memory is filled.
    private let staging: UnsafeMutableBufferPointer<UInt8>

    init(network: Network, backend: any RequestBackend) {
        (self.network, self.backend) = (network, backend)
        let stages = network.pixelInput != nil && network.engine != .openvino
        let picture = network.description.picture
        staging = .allocate(capacity: stages ? (picture?.width ?? 0) * (picture?.height ?? 0) * 3 : 0)
        staging.initialize(repeating: 0)
    }

    deinit { staging.deallocate() }

    /// Lends the input as pixels: rows x columns x (blue, green, red), without padding. What was written stays until
    /// it is written again.
    ///
    /// - Precondition: the network was loaded with a ``PixelInput``.
    public func withPixels<R, E: Error>(
        _ body: (UnsafeMutableBufferPointer<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        precondition(network.pixelInput != nil, "loaded without a pixel input")
        return try body(staging.isEmpty ? backend.input.bindMemory(to: UInt8.self) : staging)
    }

    /// Lends the input tensor.
    ///
    /// - Precondition: the network was loaded without a ``PixelInput``, and its input is 32-bit float.
    public func withTensor<R, E: Error>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws(E) -> R
    ) throws(E) -> R {
        precondition(network.pixelInput == nil && network.description.input.type == .float32, "the input is no tensor")
        return try body(backend.input.bindMemory(to: Float.self))
    }

    /// Runs the network in the calling thread, or in the engine's while this one waits.
    public func run() throws(InferenceError) {
        if !staging.isEmpty, let pixels = network.pixelInput { convert(pixels) }
        try backend.run()
    }

    /// Outputs of the last run, in the order of the network's; good until the next run or the end of the request.
    ///
    /// Half precision, double precision and integers are converted to 32-bit float.
    public func outputs() throws(InferenceError) -> [TensorView] { try backend.outputs() }

    private func convert(_ pixels: PixelInput) {
        let from = UnsafeBufferPointer(staging)
        guard network.description.input.type == .float32 else {
            let to = backend.input.bindMemory(to: UInt8.self)
            if pixels.swapsRedAndBlue {
                PixelConversion.swapRedAndBlue(from, into: to)
            } else {
                _ = to.update(from: from)
            }
            return
        }
        PixelConversion.toFloats(
            from, swapsRedAndBlue: pixels.swapsRedAndBlue,
            interleaved: network.description.picture?.channelsLast ?? false, mean: pixels.mean, scale: pixels.scale,
            into: backend.input.bindMemory(to: Float.self))
    }
}
