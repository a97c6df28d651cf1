import BackboneImport
import Detection
import Foundation
import Inference
import Integrity
import ModelBundles
import ShrikeCore

/// A network on its way to become a base: read, run once, its taps known.
struct BaseCandidate: Sendable {
    enum Form: Sendable {
        case fp32
        case int8(ONNXModel)
    }

    let name: String
    let version: String
    let architecture: String
    let source: String
    let license: String
    /// Its outputs are the taps.
    let model: ONNXModel
    let pixels: PixelInput
    let input: InputSize
    /// Whether the network takes no other size.
    let isFixed: Bool
    private(set) var taps: [BaseDescription.Tap] = []

    /// Blocks; reads the file and runs the network once.
    init(_ options: BaseImport.Options) throws {
        if let weights = options.weights {
            let (checkpoint, file) = try Checkpoint.load(path: weights)
            let network = try EfficientNetLite(checkpoint, place: weights)
            (architecture, model, pixels) = (network.variant.rawValue, network.model, EfficientNetLite.pixels)
            source = URL(filePath: file).lastPathComponent
            license = options.license ?? "Apache-2.0"
            let side = network.variant.trainedSide / 32 * 32
            input = InputSize(width: options.size?.width ?? side, height: options.size?.height ?? side)
            isFixed = false
        } else {
            let path = options.onnx ?? ""
            guard let bytes = FileManager.default.contents(atPath: path) else {
                throw AgentError("network cannot be read", at: path, remedy: "name an ONNX file")
            }
            model = try ONNXModel(parsing: bytes, name: path).keeping(outputs: options.taps, name: path)
            pixels = PixelInput(
                swapsRedAndBlue: options.channels == "rgb", mean: options.mean.map { Float($0) },
                scale: options.scale.map { Float($0) })
            let shape = model.inputs.first?.shape ?? []
            isFixed = shape.count == 4 && shape[2] > 0 && shape[3] > 0
            input = InputSize(
                width: options.size?.width ?? (isFixed ? shape[3] : 224),
                height: options.size?.height ?? (isFixed ? shape[2] : 224))
            architecture = URL(filePath: path).deletingPathExtension().lastPathComponent
            (source, license) = (URL(filePath: path).lastPathComponent, options.license ?? "")
        }
        name = options.name ?? Self.identifier(architecture)
        version = options.version
        let backbone = try backbone(
            .fp32,
            settings: NetworkSettings(
                engine: NetworkSettings.Engine(rawValue: options.engine.choice.rawValue) ?? .auto,
                enginePath: options.engine.folder))
        taps = backbone.taps.map { tap in
            let stride = Double(input.width) / Double(tap.columns)
            return BaseDescription.Tap(name: tap.name, stride: max(1, Int(stride.rounded())), channels: tap.channels)
        }
    }

    func backbone(_ form: Form, settings: NetworkSettings) throws -> Backbone {
        let model = if case .int8(let small) = form { small } else { model }
        return try Backbone.load(model, name: name, pixels: pixels, input: input, settings: settings)
    }

    /// The results that this machine gives for the picture made by formula.
    func record(_ form: Form, settings: NetworkSettings) async throws -> [GoldenFeatures.Tap] {
        try await BlockingThread(label: "golden").run {
            try translating { try GoldenFeatures.record(try backbone(form, settings: settings)) }
        }
    }

    /// Blocks; writes the bundle.
    func write(int8: ONNXModel?, drift: FeatureDrift?, golden: GoldenFeatures, to store: ModelStore) throws
        -> ModelBundle
    {
        var forms: [BaseDescription.Precision: (file: String, bytes: Data)] = [
            .fp32: ("backbone.onnx", model.encoded())
        ]
        if let int8 { forms[.int8] = ("backbone-int8.onnx", int8.encoded()) }
        var cosines: [String: Double] = [:]
        for tap in drift?.taps ?? [] { cosines[tap.name] = tap.mean }
        let description = BaseDescription(
            architecture: architecture,
            input: BaseDescription.Input(
                name: model.inputs.first?.name ?? "", width: input.width, height: input.height, isFixed: isFixed,
                channels: pixels.swapsRedAndBlue ? .rgb : .bgr, mean: pixels.mean.map { Double($0) },
                scale: pixels.scale.map { Double($0) }),
            taps: taps,
            weights: forms.mapValues { .init(file: $0.file, digest: SHA256Digest(of: $0.bytes)) }, source: source,
            license: license, int8Cosine: cosines)
        var draft = BundleDraft(level: .l0, name: name, version: version)
        draft.layers = [
            description.layer,
            .init(GoldenFeatures.file, ModelPackType.dataset, .data(Data(golden.json.canonicalText.utf8))),
        ]
        for form in forms.values { draft.layers.append(.init(form.file, ModelPackType.weight, .data(form.bytes))) }
        draft.annotations = description.annotations
        draft.architecture = architecture
        draft.precision = forms.keys.sorted().map(\.rawValue).joined(separator: ",")
        if !license.isEmpty { draft.licenses = [license] }
        return try draft.write(to: store.layout)
    }

    private static func identifier(_ text: String) -> String {
        let name = String(
            text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" }.prefix(64))
        return name.hasPrefix(".") || name.hasPrefix("-") || name.isEmpty ? "base" + name : name
    }
}
