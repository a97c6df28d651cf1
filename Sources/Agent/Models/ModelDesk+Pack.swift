import Foundation
import Integrity
import ModelBundles
import ShrikeCore

extension ModelDesk {
    public struct PackOptions: Sendable {
        public var version: String
        /// Other name than the scene's own.
        public var name: String?
        /// Bundle the scene rides on.
        public var parent: String?
        /// Pictures whose results now are kept as golden results.
        public var golden: [String] = []
        /// Markdown file.
        public var card: String?
        /// Words about what it was made from, and figures.
        public var data: String?
        public var metrics: String?
        /// Further files.
        var layers: [BundleDraft.Layer] = []

        public init(version: String) { self.version = version }
    }

    /// Makes a bundle of a scene folder or a network and puts it into the store.
    public func pack(_ scene: String, options pack: PackOptions) throws(AgentError) -> Answer {
        let bundle = try packed(scene, options: pack)
        return Answer(
            text: "packed  \(bundle.manifest.reference)  \(Self.bytes(bundle.manifest.size))  \(bundle.digest)",
            json: .object([
                "reference": .string(bundle.manifest.reference), "digest": .string(bundle.digest.description),
                "size": .integer(bundle.manifest.size),
            ]))
    }

    func packed(_ scene: String, options pack: PackOptions) throws(AgentError) -> ModelBundle {
        try translating {
            let store = try store()
            let source = try SceneLoader.load(from: scene)
            let name = pack.name ?? source.definition.name
            // A scene on a base says which one, unless the person says another.
            let parent = try (pack.parent ?? source.definition.heads.base).map { try resolve($0).top }
            var draft = BundleDraft(
                level: .l2, name: name, version: pack.version, parent: parent.map { .init($0) })
            let document = try Self.document(of: source, at: scene, name: name, version: pack.version)
            draft.layers = [
                .init(SceneLoader.documentFile, ModelPackType.weightConfig, .data(Data(document.canonicalText.utf8)))
            ]
            if let network = source.networkPath {
                let file = URL(filePath: network).lastPathComponent
                draft.layers.append(.init(file, ModelPackType.weight, .file(network)))
            }
            if let heads = source.headsPath {
                draft.layers.append(.init(source.definition.heads.file, ModelPackType.weight, .file(heads)))
                draft.weightFormat = "safetensors"
            }
            if let card = pack.card {
                draft.layers.append(.init(SceneLoader.cardFile, ModelPackType.doc, .file(card)))
            }
            draft.layers += try goldenLayers(pack.golden, scene: scene) + pack.layers
            draft.annotations[BundleAnnotation.data] = pack.data
            draft.annotations[BundleAnnotation.metrics] = pack.metrics
            return try draft.write(to: store.layout)
        }
    }

    /// `scene.json` of the bundle: the folder's own with name and version set, or one made for a network alone.
    private static func document(
        of scene: SceneBundle, at path: String, name: String, version: String
    ) throws -> JSONValue {
        var pairs: [String: JSONValue]
        if let bytes = try? Data(contentsOf: URL(filePath: path + "/scene.json")) {
            pairs = try JSONValue(parsing: bytes, maximumBytes: ModelBundle.maximumDocumentBytes).objectValue ?? [:]
        } else {
            pairs = ["format": .integer(1), "kind": .string(scene.definition.kind.rawValue)]
            if let network = scene.networkPath {
                pairs["detector"] = .object(["network": .string(URL(filePath: network).lastPathComponent)])
            }
            pairs["classes"] = .array(
                scene.definition.classes.map {
                    .object(["code": .string($0.code), "names": .object($0.names.mapValues { .string($0) })])
                })
        }
        (pairs["name"], pairs["version"]) = (.string(name), .string(version))
        return .object(pairs)
    }

    /// Golden pictures and what the scene finds on them here and now.
    private func goldenLayers(_ files: [String], scene: String) throws -> [BundleDraft.Layer] {
        guard !files.isEmpty else { return [] }
        // What is being packed is the maker's own: whether it is signed is asked when it is used.
        let library = SceneLibrary(
            engine: options.engine, cacheFolder: options.cacheFolder, workers: 1,
            models: ModelAccess(storePath: try store().path))
        let loaded = try library.load(scene)
        let detector = try loaded.makeDetector()
        var layers: [BundleDraft.Layer] = []
        var pictures: [GoldenSet.Picture] = []
        for (number, file) in files.enumerated() {
            let bytes = try Data(contentsOf: URL(filePath: file))
            guard bytes.count <= GoldenSet.maximumPictureBytes else {
                throw AgentError(
                    "golden picture is over \(GoldenSet.maximumPictureBytes >> 20) MiB", at: file,
                    remedy: "choose a smaller one")
            }
            let ending = URL(filePath: file).pathExtension.lowercased()
            let digits = String(number + 1)
            let name = "golden/" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits + "." + ending
            let found = try detector.detect(GoldenReplay.frame(bytes, name: file, number: number))
            let counted = found.filter {
                $0.score >= loaded.definition.classDefinition($0.className)?.threshold ?? 0
            }
            pictures.append(
                .init(
                    file: name,
                    expected: counted.map { .init(className: $0.className, box: $0.box, score: $0.score) }))
            layers.append(.init(name, ModelPackType.dataset, .data(bytes)))
        }
        let definition = loaded.definition
        let precision =
            definition.kind == .heads ? definition.heads.precision.rawValue : options.engine.precision.rawValue
        let set = GoldenSet(pictures: pictures, precision: precision)
        return layers + [set.layer]
    }
}
