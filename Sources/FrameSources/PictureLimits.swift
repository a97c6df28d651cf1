/// Sizes beyond which a picture is refused before anything is decoded or allocated.
public struct PictureLimits: Hashable, Sendable {
    public var maximumPixels: Int
    public var maximumFileBytes: Int

    public init(maximumPixels: Int = 64_000_000, maximumFileBytes: Int = 256 << 20) {
        (self.maximumPixels, self.maximumFileBytes) = (maximumPixels, maximumFileBytes)
    }

    /// Why a picture of this size is refused; nil where it is fine.
    func refusal(width: Int, height: Int) -> String? {
        guard width > 0, height > 0, width <= 65_535, height <= 65_535 else {
            return "implausible size \(width) x \(height)"
        }
        // Both are below 2^16 here, so the product cannot overflow.
        guard width * height <= maximumPixels else {
            return "\(width) x \(height) is more than the limit of \(maximumPixels / 1_000_000) megapixels"
        }
        return nil
    }
}
