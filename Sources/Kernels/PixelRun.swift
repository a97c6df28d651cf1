/// Neighbouring pixels of one row that belong to something, with sums over them.
public struct PixelRun: Hashable, Sendable {
    public var y: Int
    public var left: Int
    /// One past the last pixel.
    public var right: Int
    /// Pixels above the full threshold.
    public var strong: Int
    /// Sum and maximum of the contrast.
    public var sum: Float
    public var peak: Float

    public init(y: Int, left: Int, right: Int, strong: Int, sum: Float, peak: Float) {
        (self.y, self.left, self.right, self.strong, self.sum, self.peak) = (y, left, right, strong, sum, peak)
    }

    public var count: Int { right - left }
}
