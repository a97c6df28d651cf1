/// Sizes of a box head: which maps it looks at and how wide it is.
public struct BoxHeadShape: Hashable, Sendable {
    public struct Level: Hashable, Sendable {
        /// Name of the base's output.
        public var tap: String
        public var channels: Int
        public var rows: Int
        public var columns: Int

        public init(tap: String, channels: Int, rows: Int, columns: Int) {
            (self.tap, self.channels, self.rows, self.columns) = (tap, channels, rows, columns)
        }

        var cells: Int { rows * columns }
    }

    /// Finest first, one to three.
    public var levels: [Level]
    /// Channels inside.
    public var width: Int
    public var classes: Int
    /// Pixels of the base's input.
    public var inputWidth: Int
    public var inputHeight: Int

    public init(levels: [Level], width: Int, classes: Int, inputWidth: Int, inputHeight: Int) {
        precondition(!levels.isEmpty && width > 0 && classes > 0, "sizes of a box head")
        (self.levels, self.width, self.classes) = (levels, width, classes)
        (self.inputWidth, self.inputHeight) = (inputWidth, inputHeight)
    }

    /// Pixels of the input per cell.
    func stride(_ level: Int) -> (x: Float, y: Float) {
        (Float(inputWidth) / Float(levels[level].columns), Float(inputHeight) / Float(levels[level].rows))
    }
}
