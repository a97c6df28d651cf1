public import Foundation
public import Integrity
public import ShrikeCore

/// What a bundle is and holds: an OCI image manifest of CNCF ModelPack's artifact type.
///
/// The text is canonical (``ShrikeCore/JSONValue/canonicalText``), so the same content gives the same digest everywhere.
public struct BundleManifest: Hashable, Sendable {
    /// The only format of bundles there is so far.
    public static let format = 1
    /// Larger manifests are refused unread.
    public static let maximumBytes = 1 << 20
    /// More layers are refused.
    static let maximumLayers = 4096

    public var level: ModelIdentity.Level
    public var name: String
    public var version: String
    /// Manifest digest of the parent; nil for a base and for a scene that stands alone.
    public var parent: SHA256Digest?
    /// `name:version` of the parent as the maker knew it.
    public var parentName: String?
    public var config: BlobDescriptor
    public var layers: [BlobDescriptor]
    /// All annotations but those that the properties above stand for.
    public var annotations: [String: String]

    public init(
        level: ModelIdentity.Level, name: String, version: String, parent: SHA256Digest? = nil,
        parentName: String? = nil, config: BlobDescriptor, layers: [BlobDescriptor], annotations: [String: String] = [:]
    ) {
        (self.level, self.name, self.version) = (level, name, version)
        (self.parent, self.parentName) = (parent, parentName)
        (self.config, self.layers, self.annotations) = (config, layers, annotations)
    }

    /// `name:version`.
    public var reference: String { "\(name):\(version)" }

    /// The layer that holds a file.
    public func layer(_ file: String) -> BlobDescriptor? { layers.first { $0.file == file } }

    /// Config and layers, each digest once, in the order of the manifest.
    public var blobs: [BlobDescriptor] {
        var seen: Set<SHA256Digest> = []
        return ([config] + layers).filter { seen.insert($0.digest).inserted }
    }

    /// Bytes of all blobs, each once.
    public var size: Int64 { blobs.reduce(0) { $0 + $1.size } }

    public var json: JSONValue {
        var all = annotations
        all[BundleAnnotation.format] = String(Self.format)
        all[BundleAnnotation.level] = level.rawValue
        all[BundleAnnotation.name] = name
        all[BundleAnnotation.version] = version
        all[BundleAnnotation.baseDigest] = parent?.description
        all[BundleAnnotation.baseName] = parentName
        return .object([
            "schemaVersion": .integer(2), "mediaType": .string(ModelPackType.imageManifest),
            "artifactType": .string(ModelPackType.artifact), "config": config.json,
            "layers": .array(layers.map(\.json)), "annotations": .object(all.mapValues { .string($0) }),
        ])
    }

    /// The manifest as it is stored and signed.
    public var bytes: Data { Data(json.canonicalText.utf8) }
}
