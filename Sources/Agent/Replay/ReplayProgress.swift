/// How far a replay is; sent a few times a second.
public struct ReplayProgress: Sendable {
    public enum Phase: Sendable { case analyzing, clips, publishing, writing }

    public var phase: Phase
    /// Name of the footage, and its number among all.
    public var footage: String
    public var number: Int
    public var count: Int
    /// Frames analysed by this process.
    public var framesAnalyzed: Int
    /// Frames of all footage that are done, by earlier runs too.
    public var framesDone: Int
    /// Frames of all footage where it is known.
    public var framesExpected: Int?
    public var defects: Int
    /// Since this process began to analyse.
    public var seconds: Double

    /// All is analysed; reports and small pictures are made, which takes a while where there is much to tell.
    static func writing(seconds: Double) -> ReplayProgress {
        ReplayProgress(
            phase: .writing, footage: "", number: 0, count: 0, framesAnalyzed: 0, framesDone: 0, defects: 0,
            seconds: seconds)
    }
}
