internal import CInference
internal import Foundation

/// A network in OpenVINO or ONNX Runtime.
final class LibraryNetwork: NetworkBackend, @unchecked Sendable {
    // Sendable: `handle` is changed only by `reshape` and `compile`, which `Network.load` calls before it shares the
    // network; afterwards both engines allow requests to be made and run from any thread.
    let handle: OpaquePointer
    let library: EngineLibrary
    let place: String

    var engine: InferenceEngine { library.engine }
    var version: String { library.version }
    var takesPixels: Bool { library.engine == .openvino }

    init(
        reading source: NetworkSource, library: EngineLibrary, settings: NetworkSettings
    ) throws(InferenceError) {
        (self.library, place) = (library, source.name)
        var options = cinf_options()
        options.threads = Int32(clamping: max(1, settings.threadsPerRequest))
        options.requests = Int32(clamping: max(1, settings.concurrentRequests))
        let bytes = source.bytes
        handle = try make(
            at: source.name, remedy: "check that the file is complete, export it again, or try another engine"
        ) { error in
            settings.precision.name.withCString { precision in
                options.precision = precision
                return withOptionalCString(settings.cacheDirectory) { cache in
                    options.cache_directory = cache
                    return withOptionalCString(source.path) { path in
                        bytes.withUnsafeBytes {
                            cinf_network_read(library.handle, &options, path, $0.baseAddress, $0.count, error)
                        }
                    }
                }
            }
        }
    }

    deinit { cinf_network_free(handle) }

    func input() -> NetworkPort {
        var port = cinf_port()
        cinf_network_input(handle, &port)
        return NetworkPort(port)
    }

    func outputs() -> [NetworkPort] {
        (0..<cinf_network_output_count(handle)).map { index in
            var port = cinf_port()
            _ = cinf_network_output(handle, index, &port)
            return NetworkPort(port)
        }
    }

    func reshape(_ shape: [Int]) throws(InferenceError) {
        let dims = shape.map { Int64($0) }
        try attempt(at: place, remedy: "use the input size that the network was exported with") {
            cinf_network_reshape(handle, dims, Int32(clamping: dims.count), $0)
        }
    }

    func compile(pixels: PixelInput?, channelsLast: Bool) throws(InferenceError) {
        let remedy = "export the network again with a fixed input size, or try another engine"
        guard let pixels else {
            try attempt(at: place, remedy: remedy) { cinf_network_compile(handle, nil, $0) }
            return
        }
        var settings = cinf_pixels()
        settings.swaps_red_and_blue = pixels.swapsRedAndBlue
        settings.channels_last = channelsLast
        settings.mean = (pixels.mean[0], pixels.mean[1], pixels.mean[2])
        settings.scale = (pixels.scale[0], pixels.scale[1], pixels.scale[2])
        try attempt(at: place, remedy: remedy) { cinf_network_compile(handle, &settings, $0) }
    }

    func makeRequest() throws(InferenceError) -> any RequestBackend { try LibraryRequest(self) }
}

/// A request of OpenVINO or ONNX Runtime.
final class LibraryRequest: RequestBackend {
    // Keeps the network until the request is freed.
    private let network: LibraryNetwork
    private let handle: OpaquePointer
    private let names: [String]
    let input: UnsafeMutableRawBufferPointer

    init(_ network: LibraryNetwork) throws(InferenceError) {
        self.network = network
        names = network.outputs().map(\.name)
        handle = try make(at: network.place, remedy: "run fewer networks at once, or try another engine") {
            cinf_request_create(network.handle, $0)
        }
        var size = 0
        let start = cinf_request_input(handle, &size)
        input = UnsafeMutableRawBufferPointer(start: start, count: start == nil ? 0 : size)
    }

    deinit { cinf_request_free(handle) }

    func run() throws(InferenceError) {
        try attempt(at: network.place, remedy: "try another engine") { cinf_request_run(handle, $0) }
    }

    func outputs() throws(InferenceError) -> [TensorView] {
        var all: [TensorView] = []
        for (index, name) in names.enumerated() {
            var output = cinf_output()
            try attempt(at: "\(network.place), output \(name)", remedy: "try another engine") {
                cinf_request_output(handle, Int32(clamping: index), &output, $0)
            }
            all.append(
                TensorView(
                    name: name, shape: shape(output.dims, output.rank),
                    values: UnsafeBufferPointer(start: output.data, count: output.data == nil ? 0 : output.count)))
        }
        return all
    }
}

extension NetworkPort {
    fileprivate init(_ port: cinf_port) {
        let name = withUnsafeBytes(of: port.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let type: ElementType =
            switch port.type {
            case CINF_F32: .float32
            case CINF_F16: .float16
            case CINF_F64: .float64
            case CINF_U8: .uint8
            case CINF_I8: .int8
            case CINF_I32: .int32
            case CINF_I64: .int64
            case CINF_BOOL: .bool
            default: .other
            }
        self.init(name: name, shape: Inference.shape(port.dims, port.rank), type: type)
    }
}

extension NetworkSettings.Precision {
    fileprivate var name: String {
        switch self {
        case .float32: "f32"
        case .bfloat16: "bf16"
        case .float16: "f16"
        }
    }
}

private typealias Dimensions = (Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64)

private func shape(_ dims: Dimensions, _ rank: Int32) -> [Int] {
    withUnsafeBytes(of: dims) { $0.bindMemory(to: Int64.self).prefix(max(0, Int(rank))).map { Int(clamping: $0) } }
}

private func withOptionalCString<R>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> R) -> R {
    guard let text else { return body(nil) }
    return text.withCString { body($0) }
}
