/// What replaying a golden set on this machine showed.
public enum GoldenOutcome: Hashable, Sendable {
    /// The scene has no golden set.
    case none
    /// All results are within the tolerance; the largest difference of scores is told.
    case passed(pictures: Int, worstScoreDifference: Double)
    /// Results differ, each difference in words, at most a few.
    case mismatch([String])
}
