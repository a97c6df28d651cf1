internal import COpenCV

extension Image {
    /// What to make of a picture file.
    public enum Decoding: Sendable {
        /// Bit depth and channels as stored; orientation tag ignored.
        case unchanged
        /// 8-bit BGR with the orientation tag applied, at 1/1, 1/2, 1/4 or 1/8 of the stored size.
        case color(reduction: Int = 1)

        fileprivate var flags: Int32 {
            switch self {
            case .unchanged: -1
            case .color(2): 17
            case .color(4): 33
            case .color(8): 65
            case .color: 1
            }
        }
    }

    /// Decodes JPEG, PNG or TIFF bytes.
    ///
    /// - Throws: ``ImagingError`` where the bytes are no such picture. Size limits are the caller's to check before.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer, as decoding: Decoding = .color()
    ) throws(ImagingError) -> Image {
        Image(owning: try make { cocv_decode(bytes.baseAddress, bytes.count, decoding.flags, &$0) })
    }

    /// As ``decode(_:as:)``, into this picture, whose memory is used again where size and type fit.
    public mutating func decode(_ bytes: UnsafeRawBufferPointer, as decoding: Decoding) throws(ImagingError) {
        try attempt { cocv_decode_into(bytes.baseAddress, bytes.count, decoding.flags, handle, &$0) }
    }

    public enum Encoding: Sendable {
        /// Quality 0 to 100.
        case jpeg(quality: Int)
        case png
        case tiff
    }

    public func encoded(_ encoding: Encoding) throws(ImagingError) -> [UInt8] {
        let (name, quality) =
            switch encoding {
            case .jpeg(let quality): (".jpg", quality)
            case .png: (".png", 0)
            case .tiff: (".tiff", 0)
            }
        let buffer = try make { cocv_encode(handle, name, Int32(clamping: quality), &$0) }
        defer { cocv_buffer_free(buffer) }
        return Array(UnsafeBufferPointer(start: cocv_buffer_data(buffer), count: cocv_buffer_count(buffer)))
    }
}
