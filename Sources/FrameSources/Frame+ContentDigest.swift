public import Integrity
public import ShrikeCore

extension Frame {
    /// SHA-256 over format, size and the pixels without row padding; computed on every call.
    public func contentDigest() -> SHA256Digest {
        var hasher = SHA256Digest.Hasher()
        hasher.update(Array("\(pixels.format.rawValue) \(pixels.width) \(pixels.height)\n".utf8))
        let row = pixels.width * pixels.format.bytesPerPixel
        pixels.withUnsafeBytes { bytes in
            for y in 0..<pixels.height {
                let start = y * pixels.bytesPerRow
                hasher.update(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + row)]))
            }
        }
        return hasher.finish()
    }
}
