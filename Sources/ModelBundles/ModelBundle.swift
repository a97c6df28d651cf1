public import Foundation
public import Integrity
public import ShrikeCore

/// A base, an adaptation or a scene where it lies: its manifest, and its files read with every digest checked.
public struct ModelBundle: Sendable {
    /// Digest of the manifest: what the bundle is known by.
    public let digest: SHA256Digest
    public let manifest: BundleManifest
    public let source: any BlobSource

    public init(digest: SHA256Digest, manifest: BundleManifest, source: any BlobSource) {
        (self.digest, self.manifest, self.source) = (digest, manifest, source)
    }

    public var identity: ModelIdentity {
        ModelIdentity(
            level: manifest.level, name: manifest.name, version: manifest.version, digest: digest.description)
    }

    /// Largest file that ``data(_:maximumBytes:)`` reads unless told otherwise.
    public static let maximumDocumentBytes = 4 << 20

    public func has(_ file: String) -> Bool { manifest.layer(file) != nil }

    /// A file's content, verified.
    public func data(_ file: String, maximumBytes: Int = Self.maximumDocumentBytes) throws(BundleError) -> Data {
        let layer = try layer(file)
        return try source.read(layer.digest, size: layer.size, maximumBytes: maximumBytes)
    }

    /// The layer of a file.
    ///
    /// - Throws: ``BundleError`` where the bundle has no such file.
    public func layer(_ file: String) throws(BundleError) -> BlobDescriptor {
        guard let layer = manifest.layer(file) else {
            throw BundleError(
                "\(manifest.reference) has no \(file)", at: source.place, remedy: "make the bundle again with \(file)")
        }
        return layer
    }

    /// A document of the bundle, read.
    public func document(_ file: String) throws(BundleError) -> JSONValue {
        let bytes = try data(file)
        do { return try JSONValue(parsing: bytes, maximumBytes: Self.maximumDocumentBytes) } catch {
            throw BundleError("\(file): \(error)", at: source.place, remedy: "make the bundle again")
        }
    }

    /// Safetensors of the bundle, read.
    public func tensors(_ file: String) throws(BundleError) -> TensorFile {
        let bytes = try data(file, maximumBytes: 1 << 30)
        return try TensorFile(bytes, at: "\(source.place) \(manifest.reference) \(file)")
    }
}
