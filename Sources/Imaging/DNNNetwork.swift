internal import COpenCV

/// A network run by OpenCV itself: the fallback that needs no engine, slower and with fewer operators.
///
/// One instance is used by one thread at a time.
public final class DNNNetwork {
    /// An output of the last run, lent.
    public struct Output {
        /// As OpenCV names the layer that made it; often not the name in the ONNX file.
        public var name: String
        public var shape: [Int]
        public var values: UnsafeBufferPointer<Float>
    }

    private let handle: OpaquePointer

    /// Reads an ONNX network.
    ///
    /// - Throws: ``ImagingError`` where OpenCV cannot read it, which says little about the network itself.
    public init(onnx bytes: UnsafeRawBufferPointer) throws(ImagingError) {
        handle = try make { cocv_net_read_onnx(bytes.baseAddress, bytes.count, &$0) }
    }

    deinit { cocv_net_free(handle) }

    public var outputCount: Int { Int(cocv_net_output_count(handle)) }

    /// Runs on `input`, which holds as many values as `shape` says.
    public func run(_ input: UnsafeBufferPointer<Float>, shape: [Int]) throws(ImagingError) {
        guard !shape.isEmpty, shape.count <= 8, shape.allSatisfy({ $0 > 0 && $0 < 1 << 20 }),
            shape.reduce(1, { $0 &* $1 }) == input.count, let start = input.baseAddress
        else { throw ImagingError(.badArgument, "the input does not have the shape \(shape)") }
        let dims = shape.map { Int32(clamping: $0) }
        try attempt { cocv_net_run(handle, start, dims, Int32(clamping: dims.count), &$0) }
    }

    /// Outputs of the last run; the values are good until the next run or the end of the network.
    public func outputs() throws(ImagingError) -> [Output] {
        var all: [Output] = []
        for index in 0..<cocv_net_output_count(handle) {
            var tensor = cocv_tensor()
            try attempt { cocv_net_output(handle, index, &tensor, &$0) }
            let shape = withUnsafeBytes(of: tensor.dims) { dims in
                dims.bindMemory(to: Int32.self).prefix(Int(tensor.rank)).map(Int.init)
            }
            all.append(
                Output(
                    name: tensor.name.map { String(cString: $0) } ?? "", shape: shape,
                    values: UnsafeBufferPointer(start: tensor.data, count: tensor.count)))
        }
        return all
    }
}
