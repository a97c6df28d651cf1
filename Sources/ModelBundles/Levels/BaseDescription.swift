import Foundation
public import Integrity
public import ShrikeCore

/// What a base (L0) takes and gives: the content of its `base.json`.
public struct BaseDescription: Hashable, Sendable {
    /// Name of the document inside a bundle.
    public static let file = "base.json"

    public enum ChannelOrder: String, Sendable, CaseIterable { case rgb, bgr }

    public enum Precision: String, Sendable, CaseIterable, Comparable {
        case fp32, int8

        public static func < (a: Precision, b: Precision) -> Bool { a.rawValue < b.rawValue }
    }

    /// Pixels to input values: `(pixel - mean) / scale`, pixels 0 to 255, per channel in the network's channel order.
    public struct Input: Hashable, Sendable {
        /// Name of the network's input.
        public var name: String
        /// Pixels. The network is fully convolutional where ``isFixed`` is false: any multiple of the largest stride is taken.
        public var width: Int
        public var height: Int
        public var isFixed: Bool
        public var channels: ChannelOrder
        public var mean: [Double]
        public var scale: [Double]

        public init(
            name: String, width: Int, height: Int, isFixed: Bool = true, channels: ChannelOrder = .rgb,
            mean: [Double], scale: [Double]
        ) {
            (self.name, self.width, self.height, self.isFixed) = (name, width, height, isFixed)
            (self.channels, self.mean, self.scale) = (channels, mean, scale)
        }
    }

    /// One output of the network: a feature map, NCHW.
    public struct Tap: Hashable, Sendable {
        /// Name of the network's output.
        public var name: String
        /// Pixels of the input per cell.
        public var stride: Int
        public var channels: Int

        public init(name: String, stride: Int, channels: Int) {
            (self.name, self.stride, self.channels) = (name, stride, channels)
        }
    }

    /// One form of the weights: an ONNX file of the bundle.
    public struct Weights: Hashable, Sendable {
        public var file: String
        public var digest: SHA256Digest

        public init(file: String, digest: SHA256Digest) { (self.file, self.digest) = (file, digest) }
    }

    public var architecture: String
    public var input: Input
    public var taps: [Tap]
    public var weights: [Precision: Weights]
    /// Where the weights come from, and under which license.
    public var source: String
    public var license: String
    /// What the int8 form costs: mean cosine of each tap against fp32, by tap name; empty where it was not measured.
    public var int8Cosine: [String: Double]

    public init(
        architecture: String, input: Input, taps: [Tap], weights: [Precision: Weights], source: String = "",
        license: String = "", int8Cosine: [String: Double] = [:]
    ) {
        (self.architecture, self.input, self.taps, self.weights) = (architecture, input, taps, weights)
        (self.source, self.license, self.int8Cosine) = (source, license, int8Cosine)
    }

    public var json: JSONValue {
        .object(compacting: [
            "format": .integer(1), "architecture": .string(architecture),
            "input": .object([
                "name": .string(input.name), "width": .integer(Int64(input.width)),
                "height": .integer(Int64(input.height)), "fixed": .bool(input.isFixed),
                "channels": .string(input.channels.rawValue), "mean": .array(input.mean.map { .number($0) }),
                "scale": .array(input.scale.map { .number($0) }),
            ]),
            "taps": .array(
                taps.map {
                    .object([
                        "name": .string($0.name), "stride": .integer(Int64($0.stride)),
                        "channels": .integer(Int64($0.channels)),
                    ])
                }),
            "weights": .object(
                Dictionary(
                    uniqueKeysWithValues: weights.map {
                        (
                            $0.key.rawValue,
                            .object(["file": .string($0.value.file), "digest": .string($0.value.digest.description)])
                        )
                    })),
            "source": .string(source), "license": .string(license),
            "int8_cosine": int8Cosine.isEmpty ? nil : .object(int8Cosine.mapValues { .number($0, decimals: 5) }),
        ])
    }

    /// The document as a layer.
    public var layer: BundleDraft.Layer {
        .init(Self.file, ModelPackType.weightConfig, .data(Data(json.canonicalText.utf8)))
    }

    /// Annotations that let a person see input, taps and precisions without opening the bundle.
    public var annotations: [String: String] {
        [
            BundleAnnotation.input: "\(input.width)x\(input.height) \(input.channels.rawValue)",
            BundleAnnotation.taps: taps.map { "\($0.name)/s\($0.stride):\($0.channels)" }.joined(separator: ","),
            BundleAnnotation.precision: weights.keys.sorted().map(\.rawValue).joined(separator: ","),
        ]
    }
}
