/// How a network is run.
public struct NetworkSettings: Hashable, Sendable {
    public enum Engine: String, Sendable, Codable, CaseIterable {
        /// The best one that is installed and can run the network.
        case auto
        case openvino
        case onnxruntime
        case opencv
    }

    /// Type that the engine computes in. Thresholds belong to the precision they were calibrated in, so nothing but
    /// `float32` is ever chosen silently. Quantized (int8 QDQ) networks run as such in every case.
    public enum Precision: String, Sendable, Codable, CaseIterable {
        case float32
        /// About twice as fast where the processor has it (AMX, AVX512-BF16); OpenVINO only.
        case bfloat16
        /// For Arm processors with half-precision arithmetic; OpenVINO only.
        case float16
    }

    public var engine: Engine
    public var precision: Precision
    /// Threads inside one run.
    public var threadsPerRequest: Int
    /// Requests that run at the same time, each on a thread of the caller's.
    public var concurrentRequests: Int
    /// Folder for compiled networks; OpenVINO only. Files there may be deleted at any time.
    public var cacheDirectory: String?
    /// Width and height of the input where the network leaves them open, or instead of its own where it allows that.
    public var inputSize: InputSize?
    /// Folder or library file to look for engines first.
    public var enginePath: String?

    public init(
        engine: Engine = .auto, precision: Precision = .float32, threadsPerRequest: Int = 1,
        concurrentRequests: Int = 1, cacheDirectory: String? = nil, inputSize: InputSize? = nil,
        enginePath: String? = nil
    ) {
        (self.engine, self.precision, self.threadsPerRequest) = (engine, precision, threadsPerRequest)
        (self.concurrentRequests, self.cacheDirectory) = (concurrentRequests, cacheDirectory)
        (self.inputSize, self.enginePath) = (inputSize, enginePath)
    }
}

/// Size of a network's input in pixels.
public struct InputSize: Hashable, Sendable, Codable {
    public var width: Int
    public var height: Int

    public init(width: Int, height: Int) { (self.width, self.height) = (width, height) }
}
