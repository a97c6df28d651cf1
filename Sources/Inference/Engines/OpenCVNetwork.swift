internal import Foundation
internal import Imaging

/// A network in OpenCV's own engine.
final class OpenCVNetwork: NetworkBackend, @unchecked Sendable {
    // Sendable: `shape` and `ports` are set by `reshape` and `compile` only, which `Network.load` calls before it
    // shares the network; a request reads a network of its own from `source`, since OpenCV's keeps its state in the
    // network.
    private let source: NetworkSource
    private var port: NetworkPort
    private var ports: [NetworkPort]

    let engine = InferenceEngine.opencv
    static var libraryVersion: String { OpenCVLibrary.version }
    let version = OpenCVNetwork.libraryVersion
    let takesPixels = false

    init(reading source: NetworkSource, header: ONNXHeader) throws(InferenceError) {
        guard header.inputs.count == 1, let input = header.inputs.first else {
            throw InferenceError(
                "the network has \(header.inputs.count) inputs, one is needed", at: source.name,
                remedy: "export it with the picture as its only input")
        }
        guard input.type == .float32 else {
            throw InferenceError(
                "OpenCV takes 32-bit float inputs only, not \(input.type.rawValue)", at: source.name,
                remedy: "install OpenVINO or ONNX Runtime")
        }
        (self.source, port, ports) = (source, input, header.outputs)
        _ = try OpenCVRequest(source, shape: [], ports: header.outputs)
    }

    func input() -> NetworkPort { port }
    func outputs() -> [NetworkPort] { ports }

    func reshape(_ shape: [Int]) throws(InferenceError) {
        let agrees = shape.count == port.shape.count && zip(shape, port.shape).allSatisfy { $0 == $1 || $1 < 0 }
        guard agrees || port.shape.isEmpty else {
            throw InferenceError(
                "the input is \(port), it cannot be \(shape)", at: source.name,
                remedy: "use the input size that the network was exported with")
        }
        port.shape = shape
    }

    func compile(pixels: PixelInput?, channelsLast: Bool) throws(InferenceError) {}

    func makeRequest() throws(InferenceError) -> any RequestBackend {
        try OpenCVRequest(source, shape: port.shape, ports: ports)
    }
}

/// A request of OpenCV's engine, with a network of its own.
final class OpenCVRequest: RequestBackend {
    private let network: DNNNetwork
    private let place: String
    private let shape: [Int]
    private let ports: [NetworkPort]
    let input: UnsafeMutableRawBufferPointer

    init(_ source: NetworkSource, shape: [Int], ports: [NetworkPort]) throws(InferenceError) {
        (place, self.shape, self.ports) = (source.name, shape, ports)
        do {
            network = try source.bytes.withUnsafeBytes { try DNNNetwork(onnx: $0) }
        } catch {
            throw InferenceError(
                "OpenCV cannot read the network (\(oneLine("\(error)")))", at: source.name,
                remedy: "install OpenVINO or ONNX Runtime")
        }
        let count = shape.isEmpty ? 0 : shape.reduce(1, *)
        input = .allocate(byteCount: max(1, count) * MemoryLayout<Float>.stride, alignment: 64)
        input.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { input.deallocate() }

    func run() throws(InferenceError) {
        do {
            try network.run(UnsafeBufferPointer(input.bindMemory(to: Float.self)), shape: shape)
        } catch {
            throw InferenceError(
                "OpenCV cannot run the network (\(oneLine("\(error)")))", at: place,
                remedy: "install OpenVINO or ONNX Runtime")
        }
    }

    func outputs() throws(InferenceError) -> [TensorView] {
        do {
            let made = try network.outputs()
            // OpenCV names layers `onnx_node!<output>` or by the output; where that tells nothing the order is kept.
            let byName = ports.map { port in made.first { $0.name == port.name || $0.name.hasSuffix("!" + port.name) } }
            let ordered = byName.allSatisfy { $0 != nil } ? byName.compactMap(\.self) : made
            return ordered.enumerated().map { index, output in
                TensorView(
                    name: index < ports.count ? ports[index].name : output.name, shape: output.shape,
                    values: output.values)
            }
        } catch {
            throw InferenceError(
                "no outputs (\(oneLine("\(error)")))", at: place, remedy: "install OpenVINO or ONNX Runtime")
        }
    }
}
