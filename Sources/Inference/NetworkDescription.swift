/// What a network is, before it is compiled.
public struct NetworkDescription: Hashable, Sendable {
    /// With every dimension fixed.
    public var input: NetworkPort
    public var outputs: [NetworkPort]
    /// `metadata_props` of the ONNX file: exporters write class names, stride and task there.
    public var metadata: [String: String]

    public init(input: NetworkPort, outputs: [NetworkPort], metadata: [String: String] = [:]) {
        (self.input, self.outputs, self.metadata) = (input, outputs, metadata)
    }

    /// Layout of an input that takes pictures.
    public struct PictureInput: Hashable, Sendable {
        public var width: Int
        public var height: Int
        /// Rows x columns x channels instead of planes.
        public var channelsLast: Bool
    }

    /// The input as one color picture; nil where it has another shape.
    public var picture: PictureInput? {
        let shape = input.shape
        guard shape.count == 4, shape[0] == 1, shape.allSatisfy({ $0 > 0 && $0 <= 1 << 15 }) else { return nil }
        if shape[1] == 3 { return PictureInput(width: shape[3], height: shape[2], channelsLast: false) }
        if shape[3] == 3 { return PictureInput(width: shape[2], height: shape[1], channelsLast: true) }
        return nil
    }
}
