import ModelBundles
import SceneTraining
import ShrikeCore

/// One way of learning a scene; whatever is learned can be taken back and joined.
protocol SceneStudy: Sendable {
    /// Adds pictures.
    ///
    /// - Throws: ``AgentError``; nothing of this call has counted then.
    mutating func learn(_ pictures: [TaughtPicture], progress: @escaping SceneTeaching.Progress) async throws

    /// Takes pictures back that are in.
    mutating func forget(_ pictures: [TaughtPicture], progress: @escaping SceneTeaching.Progress) async throws

    /// Joins what another version learned.
    ///
    /// - Parameter common: a version whose pictures both have; they count once. Nil where they have none in common.
    mutating func join(_ other: TaughtScene, common: TaughtScene?) throws

    /// Heads, sums, and how the new version compares with the one before.
    func solved(
        _ record: TeachingRecord, before: TaughtScene?, tolerance: Double, progress: @escaping SceneTeaching.Progress
    ) async throws -> SolvedScene
}

/// What a study comes to.
struct SolvedScene: Sendable {
    var heads: HeadSettings
    var tensors: TensorFile
    /// Sums to go on from; nil where pictures are what is gone on from.
    var statistics: TensorFile?
    /// Least score of each class that is reported.
    var thresholds: [String: Double]
    var gate: GateReport
    /// What a person should know of the figures.
    var notes: [String] = []
}
