import Foundation
import Integrity
import ModelBundles

/// The pictures that scenes of a store were taught with, by digest, and features that are dear to compute again.
///
/// It stays on this gateway: bundles carry sums, never pictures (but the golden ones). Pictures and not features are what is
/// kept for good, because a new base makes features worthless.
struct PictureMemory: Sendable {
    private let folder: String

    init(_ store: ModelStore) { folder = store.path + "/teaching" }

    /// Keeps a picture's bytes; one that is there stays.
    func keep(_ bytes: Data, as digest: SHA256Digest) throws(AgentError) {
        try write(bytes, to: "\(folder)/pictures/\(digest.hex)")
    }

    /// The bytes of a picture; nil where they are not here, or are damaged.
    func picture(_ digest: SHA256Digest) -> Data? {
        guard let bytes = FileManager.default.contents(atPath: "\(folder)/pictures/\(digest.hex)"),
            SHA256Digest(of: bytes) == digest
        else { return nil }
        return bytes
    }

    func has(_ digest: SHA256Digest) -> Bool {
        FileManager.default.fileExists(atPath: "\(folder)/pictures/\(digest.hex)")
    }

    /// - Parameter key: what the features depend on besides the picture.
    func features(_ digest: SHA256Digest, key: SHA256Digest, count: Int) -> [Float]? {
        guard let bytes = FileManager.default.contents(atPath: featureFile(digest, key)),
            bytes.count == count * MemoryLayout<Float>.size
        else { return nil }
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            bytes.copyBytes(to: UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
    }

    func keep(_ features: [Float], of digest: SHA256Digest, key: SHA256Digest) throws(AgentError) {
        try write(features.withUnsafeBytes { Data($0) }, to: featureFile(digest, key))
    }

    private func featureFile(_ digest: SHA256Digest, _ key: SHA256Digest) -> String {
        "\(folder)/features/\(key.hex.prefix(32))/\(digest.hex)"
    }

    private func write(_ bytes: Data, to path: String) throws(AgentError) {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        do {
            let url = URL(filePath: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try bytes.write(to: url, options: .atomic)
        } catch {
            throw AgentError(
                "picture cannot be kept", at: path, remedy: "is the disk full? may this user write to the store?")
        }
    }
}
