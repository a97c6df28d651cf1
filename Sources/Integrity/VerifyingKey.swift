import Crypto
public import Foundation

/// A public key on curve P-256 for ECDSA with SHA-256.
public struct VerifyingKey: Sendable, Hashable {
    private let key: P256.Signing.PublicKey

    init(_ key: P256.Signing.PublicKey) { self.key = key }

    public static func == (a: VerifyingKey, b: VerifyingKey) -> Bool { a.fingerprint == b.fingerprint }

    public func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }

    /// Reads PEM: `PUBLIC KEY` (SubjectPublicKeyInfo, what `openssl ec -pubout` and `cosign generate-key-pair` write).
    public init(pem text: String) throws(KeyError) {
        guard let block = PEMBlock.first(["PUBLIC KEY"], in: text) else {
            throw KeyError("no public key in PEM form; write it with `openssl ec -in KEY.pem -pubout`")
        }
        do { key = try P256.Signing.PublicKey(pemRepresentation: block) } catch {
            throw KeyError("no public key on curve P-256; make a key with `openssl ecparam -name prime256v1 -genkey`")
        }
    }

    /// The key as PEM (SubjectPublicKeyInfo).
    public var pem: String { key.pemRepresentation + "\n" }

    /// SHA-256 of the key's DER form, by which people compare keys.
    public var fingerprint: SHA256Digest { SHA256Digest(of: key.derRepresentation) }

    /// Whether an ASN.1 DER signature is this key's for these bytes; anything malformed is simply not.
    public func isValid(_ signature: Data, of bytes: Data) -> Bool {
        guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature) else { return false }
        return key.isValidSignature(signature, for: bytes)
    }
}
