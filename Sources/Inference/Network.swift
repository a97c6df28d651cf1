public import Foundation

/// A network, compiled and ready to be run; shared by any number of requests.
public final class Network: Sendable {
    /// File, or what the caller called the bytes.
    public let name: String
    public let engine: InferenceEngine
    public let engineVersion: String
    /// Why this engine and not a better one, one sentence each; empty where the first choice was taken.
    public let engineReport: [String]
    /// Input, outputs (shapes as a first run gave them) and metadata.
    public let description: NetworkDescription
    /// How pixels become the input; nil where the caller fills the input tensor.
    public let pixelInput: PixelInput?
    private let backend: any NetworkBackend

    fileprivate init(
        name: String, backend: any NetworkBackend, report: [String], description: NetworkDescription,
        pixelInput: PixelInput?
    ) {
        (self.name, self.backend, engineReport, self.description) = (name, backend, report, description)
        (engine, engineVersion, self.pixelInput) = (backend.engine, backend.version, pixelInput)
    }

    /// Reads an ONNX file and compiles it.
    ///
    /// - Parameter pixels: asked once the input and outputs are known; what it returns decides how the input is fed.
    /// - Throws: ``InferenceError`` where the file is no network, no engine is there, or none can run it.
    public static func load(
        path: String, settings: NetworkSettings = NetworkSettings(),
        pixels: (NetworkDescription) -> PixelInput? = { _ in nil }
    ) throws(InferenceError) -> Network {
        try load(NetworkSource(path: path), settings, pixels)
    }

    /// The same for a file already in memory; `name` is for messages.
    public static func load(
        bytes: Data, name: String, settings: NetworkSettings = NetworkSettings(),
        pixels: (NetworkDescription) -> PixelInput? = { _ in nil }
    ) throws(InferenceError) -> Network {
        try load(NetworkSource(bytes: bytes, name: name), settings, pixels)
    }

    /// An execution state of its own. A request is used by one thread at a time; different ones run at the same time.
    public func makeRequest() throws(InferenceError) -> NetworkRequest {
        NetworkRequest(network: self, backend: try backend.makeRequest())
    }
}

extension Network {
    private static func load(
        _ source: NetworkSource, _ settings: NetworkSettings, _ pixels: (NetworkDescription) -> PixelInput?
    ) throws(InferenceError) -> Network {
        guard let header = source.bytes.withUnsafeBytes({ ONNXHeader($0) }) else {
            throw InferenceError(
                "this is not a complete ONNX network", at: source.name,
                remedy: "export the network as ONNX, and copy the whole file")
        }
        guard !header.outputs.isEmpty else {
            throw InferenceError("the network has no output", at: source.name, remedy: "export it again")
        }
        let loading = NetworkLoading(source: source, header: header, settings: settings)
        var report: [String] = []
        var refusal: InferenceError?
        for engine in settings.engine.candidates {
            do throws(InferenceError) {
                guard let backend = try loading.backend(engine, hasRefusal: refusal != nil, report: &report) else {
                    continue
                }
                let prepared = try loading.prepare(backend, pixels: pixels)
                if engine != .openvino, settings.precision != .float32 {
                    report.append("\(engine.title) computes in float32, not \(settings.precision.rawValue)")
                }
                return Network(
                    name: source.name, backend: backend, report: report, description: prepared.description,
                    pixelInput: prepared.pixelInput)
            } catch {
                report.append("\(engine.title) refused the network: \(error.what)")
                refusal = refusal ?? error
            }
        }
        throw refusal
            ?? InferenceError(
                "no inference engine: " + report.joined(separator: "; "), at: source.name,
                remedy: EngineInventory.remedy)
    }
}

extension NetworkSettings.Engine {
    fileprivate var candidates: [InferenceEngine] {
        switch self {
        case .auto: InferenceEngine.preferred
        case .openvino: [.openvino]
        case .onnxruntime: [.onnxruntime]
        case .opencv: [.opencv]
        }
    }
}
