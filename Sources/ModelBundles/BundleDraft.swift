public import Foundation
public import Integrity
public import ShrikeCore

/// A bundle before it is written: what goes into the manifest and where the files' content comes from.
public struct BundleDraft: Sendable {
    public enum Content: Sendable {
        case data(Data)
        /// A file's path; read when the draft is written.
        case file(String)
    }

    public struct Layer: Sendable {
        /// Name inside the bundle, a relative path.
        public var file: String
        /// One of ``ModelPackType``'s layer types.
        public var mediaType: String
        public var content: Content

        public init(_ file: String, _ mediaType: String, _ content: Content) {
            (self.file, self.mediaType, self.content) = (file, mediaType, content)
        }
    }

    public var level: ModelIdentity.Level
    public var name: String
    public var version: String
    /// The bundle this one rides on.
    public var parent: ParentReference?
    public var layers: [Layer] = []
    /// Further annotations, see ``BundleAnnotation``.
    public var annotations: [String: String] = [:]
    /// Fields of ModelPack's config.
    public var architecture: String?
    public var weightFormat = "onnx"
    public var precision: String?
    public var licenses: [String] = []

    public struct ParentReference: Hashable, Sendable {
        public var digest: SHA256Digest
        /// `name:version`, for messages.
        public var reference: String

        public init(digest: SHA256Digest, reference: String) { (self.digest, self.reference) = (digest, reference) }

        public init(_ bundle: ModelBundle) { self.init(digest: bundle.digest, reference: bundle.manifest.reference) }
    }

    public init(level: ModelIdentity.Level, name: String, version: String, parent: ParentReference? = nil) {
        (self.level, self.name, self.version, self.parent) = (level, name, version, parent)
    }

    /// Writes blobs and manifest into a layout and gives the manifest the name `name:version` there.
    ///
    /// The same draft gives the same digest everywhere: layers are sorted by file name, texts are canonical, no time is
    /// noted.
    public func write(to layout: FolderLayout) throws(BundleError) -> ModelBundle {
        var written: [BlobDescriptor] = []
        for layer in layers.sorted(by: { $0.file < $1.file }) {
            var blob =
                switch layer.content {
                case .data(let bytes): try layout.write(bytes, mediaType: layer.mediaType)
                case .file(let path): try layout.write(fileAt: path, mediaType: layer.mediaType)
                }
            blob.annotations[BundleAnnotation.filePath] = layer.file
            written.append(blob)
        }
        let config = try layout.write(
            Data(configuration(written).canonicalText.utf8), mediaType: ModelPackType.config)
        let manifest = BundleManifest(
            level: level, name: name, version: version, parent: parent?.digest, parentName: parent?.reference,
            config: config, layers: written, annotations: annotations)
        // What is written must be readable: a mistake of the maker shows here and not on a gateway.
        let checked = try BundleManifest(parsing: manifest.bytes, at: "\(name):\(version)")
        var descriptor = try layout.write(manifest.bytes, mediaType: ModelPackType.imageManifest)
        descriptor.artifactType = ModelPackType.artifact
        try layout.name(descriptor, as: manifest.reference)
        return ModelBundle(digest: descriptor.digest, manifest: checked, source: layout)
    }

    /// ModelPack's config document.
    private func configuration(_ layers: [BlobDescriptor]) -> JSONValue {
        .object([
            "descriptor": .object(compacting: [
                "name": .string(name), "version": .string(version),
                "licenses": licenses.isEmpty ? nil : .array(licenses.map { .string($0) }),
            ]),
            "config": .object(compacting: [
                "architecture": architecture.map { .string($0) }, "format": .string(weightFormat),
                "precision": precision.map { .string($0) },
            ]),
            "modelfs": .object([
                "type": .string("layers"), "diffIds": .array(layers.map { .string($0.digest.description) }),
            ]),
        ])
    }
}
