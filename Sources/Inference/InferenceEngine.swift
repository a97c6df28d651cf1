/// A program library that runs networks.
public enum InferenceEngine: String, Sendable, Codable, CaseIterable {
    /// Intel's engine, the fastest on x86-64.
    case openvino
    /// Small, the same file formats on every processor.
    case onnxruntime
    /// OpenCV's own, always there, slow, and with fewer operators.
    case opencv

    /// Engines in the order in which this processor should try them.
    public static var preferred: [InferenceEngine] {
        #if arch(x86_64)
            [.openvino, .onnxruntime, .opencv]
        #else
            [.onnxruntime, .openvino, .opencv]
        #endif
    }

    /// Name for people.
    public var title: String {
        switch self {
        case .openvino: "OpenVINO"
        case .onnxruntime: "ONNX Runtime"
        case .opencv: "OpenCV DNN"
        }
    }
}
