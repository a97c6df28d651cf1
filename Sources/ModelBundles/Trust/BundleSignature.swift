public import Foundation
public import Integrity
import ShrikeCore

/// One signature of a bundle as it lies in a layout.
public struct BundleSignature: Hashable, Sendable {
    /// What was signed.
    public var payload: Data
    /// ASN.1 DER.
    public var signature: Data

    /// More signatures of one bundle are not looked at.
    static let maximumCount = 16

    /// The descriptors of a bundle's signatures: manifest first, then config and payloads; empty where there is none.
    public static func blobs(
        of digest: SHA256Digest, in source: any BlobSource
    ) throws(BundleError) -> (manifest: BlobDescriptor, blobs: [BlobDescriptor])? {
        guard let entry = try source.index().manifest(named: SimpleSigning.tag(of: digest)) else { return nil }
        let bytes = try source.read(entry.digest, size: entry.size, maximumBytes: BundleManifest.maximumBytes)
        return (entry, try blobs(inManifest: bytes, at: source.place))
    }

    /// Config and payloads of a signature manifest; payloads that are too large to be any are refused.
    public static func blobs(inManifest bytes: Data, at place: String) throws(BundleError) -> [BlobDescriptor] {
        let document = try BundleManifest.document(bytes, at: place)
        var blobs: [BlobDescriptor] = [try BlobDescriptor(document["config"] ?? .null, at: place)]
        for layer in (document["layers"]?.arrayValue ?? []).prefix(maximumCount) {
            blobs.append(try BlobDescriptor(layer, at: place))
        }
        guard blobs.allSatisfy({ $0.size <= Int64(SimpleSigning.maximumPayloadBytes) }) else {
            throw BundleError("oversized signature", at: place, remedy: "sign the bundle again")
        }
        return blobs
    }

    /// All signatures of a bundle, valid or not.
    public static func all(
        of digest: SHA256Digest, in source: any BlobSource
    ) throws(BundleError) -> [BundleSignature] {
        guard let found = try blobs(of: digest, in: source) else { return [] }
        var signatures: [BundleSignature] = []
        for layer in found.blobs.dropFirst() where layer.mediaType == SimpleSigning.mediaType {
            guard let text = layer.annotations[SimpleSigning.signatureAnnotation],
                let signature = Data(base64Encoded: text)
            else { continue }
            let payload = try source.read(
                layer.digest, size: layer.size, maximumBytes: SimpleSigning.maximumPayloadBytes)
            signatures.append(BundleSignature(payload: payload, signature: signature))
        }
        return signatures
    }

    /// Whether this is the key's signature for this very bundle.
    public func isValid(for digest: SHA256Digest, key: VerifyingKey) -> Bool {
        SimpleSigning.digest(in: payload) == digest && key.isValid(signature, of: payload)
    }
}

extension ModelBundle {
    /// Signs the bundle and keeps the signature in its layout, beside those that are there.
    ///
    /// - Parameter identity: the name the bundle is published under, e.g. `registry.example/line3`; told in the payload.
    public func sign(
        with key: SigningKey, identity: String, in layout: FolderLayout
    ) throws(BundleError) {
        let payload = SimpleSigning.payload(digest: digest, identity: identity)
        let signature: Data
        do { signature = try key.signature(of: payload) } catch {
            throw BundleError("\(error)", at: manifest.reference, remedy: "try another key")
        }
        var layers: [BlobDescriptor] = []
        for old in try BundleSignature.blobs(of: digest, in: layout)?.blobs.dropFirst() ?? [] {
            guard let text = old.annotations[SimpleSigning.signatureAnnotation], let bytes = Data(base64Encoded: text),
                let payload = try? layout.read(
                    old.digest, size: old.size, maximumBytes: SimpleSigning.maximumPayloadBytes),
                // A key that signs again replaces its signature.
                !BundleSignature(payload: payload, signature: bytes).isValid(for: digest, key: key.verifyingKey)
            else { continue }
            layers.append(old)
        }
        var layer = try layout.write(payload, mediaType: SimpleSigning.mediaType)
        layer.annotations[SimpleSigning.signatureAnnotation] = signature.base64EncodedString()
        layers.append(layer)
        let config = try layout.write(SimpleSigning.config(layers: layers), mediaType: SimpleSigning.configType)
        let manifest = try layout.write(
            SimpleSigning.manifest(config: config, layers: layers), mediaType: ModelPackType.imageManifest)
        try layout.name(manifest, as: SimpleSigning.tag(of: digest))
    }
}
