import Foundation
import Glibc
import Integrity

/// Writes a layout as one tar file: the same content gives the same bytes.
public enum TarWriter {
    /// Writes the named manifests with all they need, parents and signatures included where the source has them.
    ///
    /// - Throws: ``BundleError``; the target is whole or absent.
    public static func write(
        _ index: LayoutIndex, blobs: [BlobDescriptor], from source: any BlobSource, to path: String
    ) throws(BundleError) {
        let part = "\(path).\(getpid()).part"
        let file = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw DurableFile.failure("cannot be written", part) }
        do throws(BundleError) {
            try add("oci-layout", LayoutIndex.marker, to: file, part)
            try add("index.json", index.bytes, to: file, part)
            var seen: Set<SHA256Digest> = []
            for blob in blobs.sorted(by: { $0.digest.hex < $1.digest.hex }) where seen.insert(blob.digest).inserted {
                let header = TarEntry.header(name: "blobs/sha256/\(blob.digest.hex)", size: Int(blob.size))
                try DurableFile.write(header, to: file, path: part)
                try source.stream(blob.digest, size: blob.size) { piece throws(BundleError) in
                    try DurableFile.write(piece, to: file, path: part)
                }
                try DurableFile.write(padding(Int(blob.size)), to: file, path: part)
            }
            try DurableFile.write(Data(count: 1024), to: file, path: part)
            guard fsync(file) == 0 else { throw DurableFile.failure("cannot be flushed to disk", part) }
        } catch {
            close(file)
            unlink(part)
            throw error
        }
        close(file)
        try DurableFile.move(part, to: path)
    }

    private static func add(
        _ name: String, _ bytes: Data, to file: Int32, _ part: String
    ) throws(BundleError) {
        try DurableFile.write(
            TarEntry.header(name: name, size: bytes.count) + bytes + padding(bytes.count), to: file, path: part)
    }

    private static func padding(_ size: Int) -> Data { Data(count: (512 - size % 512) % 512) }
}
