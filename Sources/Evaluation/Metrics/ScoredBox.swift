public import ShrikeCore

/// A detection to be judged against labels.
public struct ScoredBox: Hashable, Sendable {
    public var className: String
    public var score: Double
    /// Pixels of the picture.
    public var box: Box

    public init(className: String, score: Double, box: Box) {
        (self.className, self.score, self.box) = (className, score, box)
    }

    public init(_ detection: Detection) {
        self.init(className: detection.className, score: detection.score, box: detection.box)
    }
}
