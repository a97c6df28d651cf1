/// The steps from a file to a network that has run once.
struct NetworkLoading {
    var source: NetworkSource
    var header: ONNXHeader
    var settings: NetworkSettings

    /// Input size of networks that leave it open and do not say what they were trained with.
    private static let usualSide = 640

    /// The network in this engine; nil where the engine is not there, with the reason in `report`.
    ///
    /// OpenCV is not asked for a network that a real engine has refused: it reads less than they do.
    func backend(
        _ engine: InferenceEngine, hasRefusal: Bool, report: inout [String]
    ) throws(InferenceError) -> (any NetworkBackend)? {
        if engine == .opencv {
            if hasRefusal && settings.engine == .auto { return nil }
            return try OpenCVNetwork(reading: source, header: header)
        }
        let locations = EngineLocations.ofThisProcess(explicit: settings.enginePath)
        guard let library = EngineLibrary.first(engine, in: locations, problems: &report) else { return nil }
        return try LibraryNetwork(reading: source, library: library, settings: settings)
    }

    /// Fixes the input's shape, compiles, and runs once on an empty picture: shapes that only a run tells are then
    /// known, and a network that cannot run is found now.
    func prepare(
        _ backend: any NetworkBackend, pixels: (NetworkDescription) -> PixelInput?
    ) throws(InferenceError) -> (description: NetworkDescription, pixelInput: PixelInput?) {
        let shape = try inputShape(backend.input())
        if shape != backend.input().shape { try backend.reshape(shape) }
        var description = NetworkDescription(
            input: backend.input(), outputs: backend.outputs(), metadata: header.metadata)
        if !backend.takesPixels {
            try backend.compile(pixels: nil, channelsLast: false)
            try run(backend, &description)
        }
        let pixelInput = pixels(description)
        if let pixelInput { try check(pixelInput, description, backend) }
        if backend.takesPixels {
            try backend.compile(pixels: pixelInput, channelsLast: description.picture?.channelsLast ?? false)
            try run(backend, &description)
        }
        return (description, pixelInput)
    }

    private func run(_ backend: any NetworkBackend, _ description: inout NetworkDescription) throws(InferenceError) {
        let request = try backend.makeRequest()
        request.input.initializeMemory(as: UInt8.self, repeating: 0)
        try request.run()
        for (index, output) in try request.outputs().enumerated() where index < description.outputs.count {
            description.outputs[index].shape = output.shape
        }
    }

    private func check(
        _ pixelInput: PixelInput, _ description: NetworkDescription, _ backend: any NetworkBackend
    ) throws(InferenceError) {
        guard let picture = description.picture else {
            throw InferenceError(
                "the network takes no color picture but \(description.input)", at: source.name,
                remedy: "export it for one picture with three channels")
        }
        let isBytes = description.input.type == .uint8
        guard
            description.input.type == .float32 || isBytes && picture.channelsLast && pixelInput.isPlain
                || backend.takesPixels && description.input.type == .float16
        else {
            throw InferenceError(
                "pixels cannot be fed to \(description.input)", at: source.name,
                remedy: "export the network with a float32 input")
        }
    }

    /// The input's shape with every dimension fixed.
    private func inputShape(_ port: NetworkPort) throws(InferenceError) -> [Int] {
        var shape = port.shape.isEmpty ? header.inputs.first?.shape ?? [] : port.shape
        let isOpen = shape.contains { $0 < 0 }
        guard isOpen || settings.inputSize != nil else { return shape }
        guard shape.count == 4 else {
            throw InferenceError(
                "the input \(port) leaves its size open and is no picture", at: source.name,
                remedy: "export the network with a fixed input size")
        }
        let channelsLast = shape[3] == 3 && shape[1] != 3
        let (row, column, channel) = channelsLast ? (1, 2, 3) : (2, 3, 1)
        let trained = trainedSize
        if shape[0] < 0 { shape[0] = 1 }
        if shape[channel] < 0 { shape[channel] = 3 }
        if shape[row] < 0 { shape[row] = trained.height }
        if shape[column] < 0 { shape[column] = trained.width }
        if let size = settings.inputSize {
            guard (1...1 << 15).contains(size.width), (1...1 << 15).contains(size.height) else {
                throw InferenceError(
                    "an input of \(size.width)x\(size.height) pixels is not possible", at: source.name,
                    remedy: "give a size from 1 to 32768")
            }
            (shape[row], shape[column]) = (size.height, size.width)
        }
        return shape
    }

    /// `imgsz` of the metadata, e.g. `[640, 640]`: height, then width.
    private var trainedSize: InputSize {
        let numbers = (header.metadata["imgsz"] ?? "").split { !$0.isNumber }.compactMap { Int($0) }
            .filter { (32...8192).contains($0) }
        guard let height = numbers.first else { return InputSize(width: Self.usualSide, height: Self.usualSide) }
        return InputSize(width: numbers.count > 1 ? numbers[1] : height, height: height)
    }
}
