import Foundation
import Integrity
import ShrikeCore

/// The text that is signed for a bundle: the simple-signing payload of containers, as cosign writes it.
///
/// A signature is an OCI manifest under the tag `sha256-<hex>.sig`, whose layers are payloads, each with its signature
/// in an annotation (https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md).
enum SimpleSigning {
    static let mediaType = "application/vnd.dev.cosign.simplesigning.v1+json"
    static let signatureAnnotation = "dev.cosignproject.cosign/signature"
    static let configType = "application/vnd.oci.image.config.v1+json"
    private static let type = "cosign container image signature"
    static let maximumPayloadBytes = 1 << 16

    /// The name under which the signatures of a manifest are kept.
    static func tag(of digest: SHA256Digest) -> String { "sha256-\(digest.hex).sig" }

    static func payload(digest: SHA256Digest, identity: String) -> Data {
        let document = JSONValue.object([
            "critical": .object([
                "identity": .object(["docker-reference": .string(identity)]),
                "image": .object(["docker-manifest-digest": .string(digest.description)]), "type": .string(type),
            ]), "optional": .null,
        ])
        return Data(document.canonicalText.utf8)
    }

    /// The digest a payload speaks of; nil where it is no payload.
    static func digest(in payload: Data) -> SHA256Digest? {
        guard let document = try? JSONValue(parsing: payload, maximumBytes: maximumPayloadBytes),
            document["critical"]?["type"]?.stringValue == type
        else { return nil }
        return document["critical"]?["image"]?["docker-manifest-digest"]?.stringValue.flatMap { SHA256Digest($0) }
    }

    /// The manifest that holds signatures; its config is what cosign writes for an image without content.
    static func manifest(config: BlobDescriptor, layers: [BlobDescriptor]) -> Data {
        let document = JSONValue.object([
            "schemaVersion": .integer(2), "mediaType": .string(ModelPackType.imageManifest), "config": config.json,
            "layers": .array(layers.map(\.json)),
        ])
        return Data(document.canonicalText.utf8)
    }

    static func config(layers: [BlobDescriptor]) -> Data {
        let time = JSONValue.string("0001-01-01T00:00:00Z")
        let document = JSONValue.object([
            "architecture": .string(""), "os": .string(""), "created": time, "config": .object([:]),
            "history": .array(layers.map { _ in .object(["created": time]) }),
            "rootfs": .object([
                "type": .string("layers"), "diff_ids": .array(layers.map { .string($0.digest.description) }),
            ]),
        ])
        return Data(document.canonicalText.utf8)
    }
}
