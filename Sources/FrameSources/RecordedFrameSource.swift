public import ShrikeCore

/// A source whose footage has an end and can be continued where an earlier run stopped.
public protocol RecordedFrameSource: FrameSource {
    /// Identity of the footage's content: the same for a renamed copy, another after any change.
    var origin: String { get }

    /// Continues after a cursor; to be called before the first `next()`.
    ///
    /// The first picture is then the one AT the cursor again, because the motion of the picture after it is measured
    /// from there; then follow those not yet analysed, with the indices and media times of an undisturbed run. A cursor
    /// of another origin is ignored, a complete one ends the source at once.
    func resume(after cursor: FrameCursor)
}
