public import Integrity
public import ShrikeCore

/// What names a blob: its type, digest and size (OCI content descriptor).
public struct BlobDescriptor: Hashable, Sendable {
    public var mediaType: String
    public var digest: SHA256Digest
    /// Bytes.
    public var size: Int64
    public var annotations: [String: String]
    /// On a manifest's descriptor: what kind of artifact it is.
    public var artifactType: String?

    public init(
        mediaType: String, digest: SHA256Digest, size: Int64, annotations: [String: String] = [:],
        artifactType: String? = nil
    ) {
        (self.mediaType, self.digest, self.size) = (mediaType, digest, size)
        (self.annotations, self.artifactType) = (annotations, artifactType)
    }

    /// The file a layer holds, as its annotation says.
    public var file: String? { annotations[BundleAnnotation.filePath] }

    public var json: JSONValue {
        .object(compacting: [
            "mediaType": .string(mediaType), "digest": .string(digest.description), "size": .integer(size),
            "artifactType": artifactType.map { .string($0) },
            "annotations": annotations.isEmpty ? nil : .object(annotations.mapValues { .string($0) }),
        ])
    }

    /// Largest blob that is taken; networks for gateways are far smaller.
    public static let maximumSize: Int64 = 1 << 31

    /// Reads a descriptor out of a manifest or index.
    ///
    /// - Throws: ``BundleError`` naming the key that is wrong; `place` says where it stands.
    init(_ json: JSONValue, at place: String) throws(BundleError) {
        func refuse(_ what: String) -> BundleError {
            BundleError("bad descriptor: \(what)", at: place, remedy: "make the bundle again")
        }
        guard let mediaType = json["mediaType"]?.stringValue else { throw refuse("mediaType is missing") }
        guard let digest = json["digest"]?.stringValue.flatMap({ SHA256Digest($0) }) else {
            throw refuse("digest is no sha256 digest")
        }
        guard let size = json["size"]?.integerValue, size >= 0 else { throw refuse("size is missing") }
        guard size <= Self.maximumSize else {
            throw BundleError(
                "oversized: \(digest) claims \(size) bytes, over the limit of \(Self.maximumSize)", at: place,
                remedy: "make smaller layers")
        }
        var annotations: [String: String] = [:]
        for (key, value) in json["annotations"]?.objectValue ?? [:] {
            guard let text = value.stringValue else { throw refuse("annotation \(key) is no text") }
            annotations[key] = text
        }
        self.init(
            mediaType: mediaType, digest: digest, size: size, annotations: annotations,
            artifactType: json["artifactType"]?.stringValue)
    }
}
