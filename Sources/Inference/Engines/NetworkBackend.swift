/// A network as one engine holds it.
protocol NetworkBackend: AnyObject, Sendable {
    var engine: InferenceEngine { get }
    var version: String { get }
    /// Whether 8-bit pixels can be given to the engine itself.
    var takesPixels: Bool { get }
    func input() -> NetworkPort
    func outputs() -> [NetworkPort]
    func reshape(_ shape: [Int]) throws(InferenceError)
    func compile(pixels: PixelInput?, channelsLast: Bool) throws(InferenceError)
    func makeRequest() throws(InferenceError) -> any RequestBackend
}

/// One execution state of a network, used by one thread at a time.
protocol RequestBackend: AnyObject {
    /// Memory of the input tensor.
    var input: UnsafeMutableRawBufferPointer { get }
    func run() throws(InferenceError)
    /// Outputs of the last run, in the order of the network's.
    func outputs() throws(InferenceError) -> [TensorView]
}
