public import ShrikeCore

/// A clip to be cut from a recording: the frames around one alert, with boxes burnt in.
public struct ClipRequest: Hashable, Sendable {
    /// Frame of the alert, counted from 0 over everything the file holds.
    public var frameIndex: Int64
    public var className: String
    public var grade: Grade
    /// Box of the defect in frames where it is known, pixels of the source picture.
    public var boxes: [Int64: Box]

    public init(frameIndex: Int64, className: String, grade: Grade, boxes: [Int64: Box]) {
        (self.frameIndex, self.className, self.grade, self.boxes) = (frameIndex, className, grade, boxes)
    }
}
