public import Foundation
import Integrity
import ShrikeCore

extension BundleManifest {
    /// Reads a manifest, which need not be in canonical form.
    ///
    /// - Parameter place: where it stands, for messages.
    /// - Throws: ``BundleError`` for anything that is no bundle of a known format, or that reaches out of its folder.
    public init(parsing bytes: Data, at place: String) throws(BundleError) {
        let document = try Self.document(bytes, at: place)
        guard document["schemaVersion"]?.integerValue == 2,
            document["artifactType"]?.stringValue == ModelPackType.artifact
        else {
            throw BundleError(
                "no model bundle: artifactType is \(document["artifactType"]?.stringValue ?? "missing")", at: place,
                remedy: "name a bundle with artifactType \(ModelPackType.artifact)")
        }
        var annotations: [String: String] = [:]
        for (key, value) in document["annotations"]?.objectValue ?? [:] { annotations[key] = value.stringValue }
        try Self.checkFormat(annotations[BundleAnnotation.format], at: place)
        guard let level = annotations[BundleAnnotation.level].flatMap({ ModelIdentity.Level(rawValue: $0) }) else {
            throw Self.refusal("\(BundleAnnotation.level) must be l0, l1 or l2", at: place)
        }
        guard let name = annotations[BundleAnnotation.name], LayerName.isIdentifier(name),
            let version = annotations[BundleAnnotation.version], LayerName.isIdentifier(version)
        else {
            throw Self.refusal(
                "name and version must be of letters, digits, '-', '_' and '.', at most 100 each", at: place)
        }
        let config = try BlobDescriptor(document["config"] ?? .null, at: place)
        guard config.mediaType == ModelPackType.config else {
            throw Self.refusal("config is of type \(config.mediaType), not \(ModelPackType.config)", at: place)
        }
        let parent = try Self.parent(annotations[BundleAnnotation.baseDigest], level: level, at: place)
        let layers = try Self.layers(document["layers"], at: place)
        let parentName = annotations[BundleAnnotation.baseName]
        for key in [
            BundleAnnotation.format, BundleAnnotation.level, BundleAnnotation.name, BundleAnnotation.version,
            BundleAnnotation.baseDigest, BundleAnnotation.baseName,
        ] { annotations[key] = nil }
        self.init(
            level: level, name: name, version: version, parent: parent, parentName: parentName, config: config,
            layers: layers, annotations: annotations)
    }

    static func document(_ bytes: Data, at place: String) throws(BundleError) -> JSONValue {
        do { return try JSONValue(parsing: bytes, maximumBytes: maximumBytes) } catch {
            throw refusal("manifest cannot be read: \(error)", at: place)
        }
    }

    private static func checkFormat(_ text: String?, at place: String) throws(BundleError) {
        guard let format = text.flatMap(Int.init), format >= 1 else {
            throw refusal("\(BundleAnnotation.format) is missing", at: place)
        }
        guard format <= Self.format else {
            throw BundleError(
                "bundle of format \(format); this program knows formats up to \(Self.format)", at: place,
                remedy: "update shrike on this machine, or make the bundle for format \(Self.format)")
        }
    }

    private static func parent(
        _ text: String?, level: ModelIdentity.Level, at place: String
    ) throws(BundleError) -> SHA256Digest? {
        guard let text else {
            if level == .l1 { throw refusal("an adaptation (l1) must name its base", at: place) }
            return nil
        }
        guard level != .l0 else { throw refusal("a base (l0) has no parent", at: place) }
        guard let digest = SHA256Digest(text) else {
            throw refusal("\(BundleAnnotation.baseDigest) is no sha256 digest", at: place)
        }
        return digest
    }

    private static func layers(_ json: JSONValue?, at place: String) throws(BundleError) -> [BlobDescriptor] {
        guard let list = json?.arrayValue, list.count <= maximumLayers else {
            throw refusal("layers must be a list of at most \(maximumLayers)", at: place)
        }
        var layers: [BlobDescriptor] = []
        var files: Set<String> = []
        for element in list {
            let layer = try BlobDescriptor(element, at: place)
            guard ModelPackType.layers.contains(layer.mediaType) else {
                throw refusal("layer of type \(layer.mediaType); only raw ModelPack layers are taken", at: place)
            }
            guard let file = layer.file else {
                throw refusal("layer \(layer.digest) has no \(BundleAnnotation.filePath)", at: place)
            }
            guard LayerName.isSafe(file) else {
                throw BundleError(
                    "unsafe file name in a layer: \(JSONValue.string(String(file.prefix(80))).canonicalText)",
                    at: place, remedy: "do not use this bundle; ask who made it")
            }
            guard files.insert(file).inserted else { throw refusal("two layers hold \(file)", at: place) }
            layers.append(layer)
        }
        return layers
    }

    private static func refusal(_ what: String, at place: String) -> BundleError {
        BundleError(what, at: place, remedy: "make the bundle again")
    }
}
