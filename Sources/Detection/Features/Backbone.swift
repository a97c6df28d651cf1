public import Foundation
public import Inference

/// A base network (L0, or L0 with an L1 on it) at one input size: pixels to feature maps. Shared by all workers.
///
/// Feature maps are the network's outputs ("taps"), each 1 x channels x rows x columns.
public final class Backbone: Sendable {
    /// One output.
    public struct Tap: Hashable, Sendable {
        public var name: String
        public var channels: Int
        public var rows: Int
        public var columns: Int
    }

    public let network: Network
    /// In the order in which they were asked for.
    public let taps: [Tap]
    /// Size of the picture that the network sees.
    public let input: InputSize

    /// Compiles the part of the network that gives these values.
    ///
    /// - Parameters:
    ///   - taps: names of values; parts of the network that none of them needs are left out.
    ///   - input: rows and columns that the network is run at; nil takes the network's own.
    /// - Throws: ``Inference/InferenceError`` where it cannot be loaded, ``DetectionError`` where an output is no map.
    public static func load(
        bytes: Data, name: String, taps: [String], pixels: PixelInput, input: InputSize?,
        settings: NetworkSettings = NetworkSettings()
    ) throws -> Backbone {
        let part = try ONNXModel(parsing: bytes, name: name).keeping(outputs: taps, name: name)
        return try load(part, name: name, pixels: pixels, input: input, settings: settings)
    }

    /// The same for a network already read: its outputs are the taps.
    public static func load(
        _ model: ONNXModel, name: String, pixels: PixelInput, input: InputSize?,
        settings: NetworkSettings = NetworkSettings()
    ) throws -> Backbone {
        var settings = settings
        settings.inputSize = input ?? settings.inputSize
        let network = try Network.load(bytes: model.encoded(), name: name, settings: settings) { _ in pixels }
        return try Backbone(network)
    }

    private init(_ network: Network) throws(DetectionError) {
        guard let picture = network.description.picture else {
            throw DetectionError(
                "the base takes no color picture but \(network.description.input)", at: network.name,
                remedy: "import a network for one picture with three channels")
        }
        self.network = network
        input = InputSize(width: picture.width, height: picture.height)
        taps = try network.description.outputs.map { output throws(DetectionError) in
            guard output.shape.count == 4, output.shape[0] == 1, output.shape.allSatisfy({ $0 > 0 }) else {
                throw DetectionError(
                    "'\(output)' is no feature map (1 x channels x rows x columns)", at: network.name,
                    remedy: "name outputs of convolutions as taps")
            }
            return Tap(name: output.name, channels: output.shape[1], rows: output.shape[2], columns: output.shape[3])
        }
    }

    /// Position of a tap of this name.
    func position(of tap: String) -> Int? { taps.firstIndex { $0.name == tap } }
}
