import Foundation

/// Embeds pictures until there is enough of them: a page must still open.
struct PictureBudget {
    private var left: Int

    init(bytes: Int) { left = bytes }

    /// The picture as a `data:` address; nil where there is none or no more room.
    mutating func address(_ jpeg: [UInt8]?) -> String? {
        guard let jpeg, !jpeg.isEmpty, jpeg.count <= left else { return nil }
        left -= jpeg.count
        return "data:image/jpeg;base64," + Data(jpeg).base64EncodedString()
    }
}
