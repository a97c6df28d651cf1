public import ShrikeCore

/// Decodes one picture that is in memory, with the limits and the orientation of all other pictures.
public enum StillPicture {
    /// Why a picture cannot be used, in words for a person.
    public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// - Parameter name: for messages.
    /// - Throws: ``Refusal``.
    public static func decode(_ bytes: [UInt8], name: String) throws(Refusal) -> PixelBuffer {
        switch PictureFile.decode(bytes, limits: PictureLimits(), by: PictureDecoder(nil)) {
        case .picture(let picture): return picture.pixels
        case .unusable(let reason): throw Refusal(description: "\(name): \(reason)")
        }
    }
}
