/// One picture as a box head sees it: maps of the base and what is marked.
public struct BoxSample: Sendable {
    public struct Truth: Hashable, Sendable {
        /// Position of the class among the head's outputs.
        public var classIndex: Int
        /// Pixels of the base's input.
        public var left: Float
        public var top: Float
        public var right: Float
        public var bottom: Float

        public init(classIndex: Int, left: Float, top: Float, right: Float, bottom: Float) {
            (self.classIndex, self.left, self.top) = (classIndex, left, top)
            (self.right, self.bottom) = (right, bottom)
        }

        var width: Float { right - left }
        var height: Float { bottom - top }
    }

    /// By level: `channels` planes of rows x columns.
    public var maps: [[Float]]
    public var truths: [Truth]

    public init(maps: [[Float]], truths: [Truth]) { (self.maps, self.truths) = (maps, truths) }
}
