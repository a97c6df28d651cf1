import Crypto
import Foundation

/// A public key of the curve P-256 (FIPS 186-5), for signatures that people make with `openssl` or with `shrike command`.
public struct P256PublicKey: Sendable {
    private let key: P256.Signing.PublicKey

    /// Reads `-----BEGIN PUBLIC KEY-----`; nil where the text is no such key.
    public init?(pem: String) {
        guard let key = try? P256.Signing.PublicKey(pemRepresentation: pem) else { return nil }
        self.key = key
    }

    /// Whether the signature, DER of ECDSA over SHA-256 in base64, is one of the bytes by the private half.
    public func accepts(signature: String, of bytes: [UInt8]) -> Bool {
        guard let der = Data(base64Encoded: signature),
            let signature = try? P256.Signing.ECDSASignature(derRepresentation: der)
        else { return false }
        return key.isValidSignature(signature, for: bytes)
    }
}

/// The private half of a ``P256PublicKey``; never printed.
public struct P256PrivateKey: Sendable, CustomStringConvertible {
    private let key: P256.Signing.PrivateKey

    /// Reads `-----BEGIN PRIVATE KEY-----` or `-----BEGIN EC PRIVATE KEY-----`; nil where the text is no such key.
    public init?(pem: String) {
        // `openssl ecparam -genkey` puts the curve's parameters in front.
        let text = pem.range(of: "-----BEGIN EC PRIVATE KEY-----").map { String(pem[$0.lowerBound...]) } ?? pem
        guard let key = try? P256.Signing.PrivateKey(pemRepresentation: text) else { return nil }
        self.key = key
    }

    /// A new key.
    public init() { key = P256.Signing.PrivateKey() }

    public var publicPEM: String { key.publicKey.pemRepresentation }

    public var description: String { "P256PrivateKey(***)" }

    /// Base64 of the DER form of an ECDSA signature over SHA-256 of the bytes.
    public func sign(_ bytes: [UInt8]) -> String? {
        (try? key.signature(for: bytes))?.derRepresentation.base64EncodedString()
    }
}
