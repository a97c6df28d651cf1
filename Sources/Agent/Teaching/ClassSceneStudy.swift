import Detection
import Inference
import ModelBundles
import SceneTraining
import ShrikeCore

/// Kinds of whole pictures, in closed form.
struct ClassSceneStudy: SceneStudy {
    /// Class of pictures that are like nothing that was taught.
    private static let unknownClass = "unknown"

    private let plan: StudyPlan
    private let vectors: PictureVectors
    private var study: ClassStudy?

    /// Maps that pictures are told apart by.
    static func taps(_ plan: StudyPlan, before: TaughtScene?) -> [String] {
        before?.definition.heads.classifier?.taps ?? plan.classTaps
    }

    /// - Parameters:
    ///   - backbone: the base with ``taps(_:before:)``.
    ///   - before: the version to go on from; nil to begin.
    init(_ plan: StudyPlan, backbone: Backbone, before: TaughtScene?, desk: ModelDesk) throws {
        self.plan = plan
        vectors = PictureVectors(
            plan, backbone: backbone, memory: PictureMemory(try desk.store()), workers: desk.workers)
        study = try before.map(Self.study)
        if let study, study.sums.dimensions != vectors.count {
            throw AgentError(
                "sums are of \(study.sums.dimensions) numbers, the base gives \(vectors.count)", at: before?.name ?? "",
                remedy: "teach the scene anew on this base")
        }
    }

    private static func study(_ scene: TaughtScene) throws -> ClassStudy {
        ClassStudy(
            sums: try ClassSums(
                scene.statistics(), prefix: ClassStudy.prefix, at: scene.chain.top.manifest.reference))
    }

    mutating func learn(_ pictures: [TaughtPicture], progress: @escaping SceneTeaching.Progress) async throws {
        let found = try await looked(at: pictures, progress)
        var next = study ?? ClassStudy(first: found)
        try next.learn(pictures, found)
        study = next
    }

    mutating func forget(_ pictures: [TaughtPicture], progress: @escaping SceneTeaching.Progress) async throws {
        let found = try await looked(at: pictures, progress)
        try study?.forget(pictures, found)
    }

    mutating func join(_ other: TaughtScene, common: TaughtScene?) throws {
        guard var sums = study?.sums else { return }
        try sums.join(Self.study(other).sums)
        if let common { try sums.separate(Self.study(common).sums) }
        study = ClassStudy(sums: sums)
    }

    private func looked(
        at pictures: [TaughtPicture], _ progress: @escaping SceneTeaching.Progress
    ) async throws -> [[Float]] {
        try await vectors.vectors(of: pictures) {
            progress("looking at \(pictures.count) pictures", Double($0) / Double(max(1, pictures.count)))
        }
    }

    func solved(
        _ record: TeachingRecord, before: TaughtScene?, tolerance: Double, progress: @escaping SceneTeaching.Progress
    ) async throws -> SolvedScene {
        guard let study else { throw TeachingError("nothing was taught", at: "scene", remedy: "name pictures") }
        let here = vectors.here(record.pictures)
        let found = try await looked(at: here, progress)
        progress("solving", 0)
        let (calibration, unknown, gate) = try await BlockingThread(label: "solve").run {
            try Self.judged(study, pictures: here, vectors: found, before: before, tolerance: tolerance)
        }
        let head = try study.head()
        let classifier = HeadSettings.Classifier(
            taps: vectors.backbone.taps.map(\.name), classes: head.classes, sharpness: calibration.sharpness,
            prefix: ClassStudy.prefix, unknown: unknown)
        var thresholds = Dictionary(uniqueKeysWithValues: study.reported.map { ($0, calibration.threshold) })
        if let unknown { thresholds[unknown.className] = 0.5 }
        return SolvedScene(
            heads: HeadSettings(
                input: .init(width: plan.input.width, height: plan.input.height), precision: plan.precision,
                classifier: classifier),
            tensors: TensorFile(tensors: head.tensors),
            statistics: TensorFile(tensors: study.sums.tensors(ClassStudy.prefix)),
            thresholds: thresholds, gate: gate
        )
    }

    /// Old and new version over the pictures that are here, each answered by what has not seen it.
    private static func judged(
        _ study: ClassStudy, pictures: [TaughtPicture], vectors: [[Float]], before: TaughtScene?, tolerance: Double
    ) throws -> (ClassCalibration, HeadSettings.Classifier.Unknown?, GateReport) {
        let (classes, scores, distances) = try study.heldBackScores(pictures, vectors) { _ in true }
        // A person's own class of that name is not taken over.
        let unknown =
            study.reported.contains(unknownClass)
            ? nil : ClassDistance.calibration(distances, className: unknownClass)
        let calibration = ClassStudy.calibration(pictures, classes: classes, scores: scores)
        let after = ClassStudy.outcomes(pictures, classes: classes, scores: scores, calibration: calibration)
        guard let before, let head = before.definition.heads.classifier else {
            return (calibration, unknown, GateReport(before: nil, after: after, known: [], tolerance: tolerance))
        }
        let old = try Self.study(before)
        let answers = try old.heldBackScores(pictures, vectors) {
            before.record.picture($0.digest)?.label == $0.label
        }
        let known = old.reported
        let threshold = known.compactMap { before.definition.classDefinition($0)?.threshold }.min() ?? 0
        let outcomes = ClassStudy.outcomes(
            pictures, classes: answers.classes, scores: answers.scores,
            calibration: ClassCalibration(sharpness: head.sharpness, threshold: threshold))
        return (
            calibration, unknown,
            GateReport(
                before: outcomes, after: after, known: Set(known).intersection(study.reported), tolerance: tolerance)
        )
    }
}
