import Crypto
public import Foundation

/// A private key on curve P-256 for ECDSA with SHA-256 (FIPS 186-5).
public struct SigningKey: Sendable {
    private let key: P256.Signing.PrivateKey

    /// A new random key.
    public init() { key = P256.Signing.PrivateKey() }

    /// Reads PEM: `EC PRIVATE KEY` (SEC 1, what `openssl ecparam -genkey` writes) or `PRIVATE KEY` (PKCS #8), not encrypted.
    public init(pem text: String) throws(KeyError) {
        if text.contains("ENCRYPTED") {
            throw KeyError("private key is encrypted; write an unencrypted one with `openssl pkey` and guard the file")
        }
        guard let block = PEMBlock.first(["EC PRIVATE KEY", "PRIVATE KEY"], in: text) else {
            throw KeyError(
                "no private key in PEM form; make one with `openssl ecparam -name prime256v1 -genkey -noout`")
        }
        do { key = try P256.Signing.PrivateKey(pemRepresentation: block) } catch {
            throw KeyError(
                "no private key on curve P-256; make one with `openssl ecparam -name prime256v1 -genkey -noout`")
        }
    }

    public var verifyingKey: VerifyingKey { VerifyingKey(key.publicKey) }

    /// The key as PEM (PKCS #8).
    public var pem: String { key.pemRepresentation + "\n" }

    /// Signature of SHA-256 of the bytes, ASN.1 DER; two calls give two signatures.
    public func signature(of bytes: Data) throws(KeyError) -> Data {
        do { return try key.signature(for: bytes).derRepresentation } catch { throw KeyError("signing failed") }
    }
}
