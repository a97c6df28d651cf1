import Evaluation
import Foundation
import Imaging
import Inference
import Integrity
import ModelBundles
import SceneTraining
public import ShrikeCore

/// `shrike scene new | teach | forget | merge`: makes versions of a scene from what people show, each through the gate.
public struct SceneTeaching: Sendable {
    public struct Options: Sendable {
        /// Labelled pictures; nil for none.
        public var data: String?
        /// Format of their labels; nil tells by looking.
        public var format: String?
        /// Footage that looks as usual, instead of labelled pictures.
        public var normal: [String] = []
        /// The camera moves: one idea of normal for the whole picture.
        public var isMoving = false
        /// Base of a new scene; nil for the only one of the store.
        public var base: String?
        /// Size of the picture that the base of a new scene sees; nil is chosen by the pictures.
        public var input: (width: Int, height: Int)?
        public var usesInt8 = false
        public var normalClass: String?
        /// Version of what is made; nil for one more than the last.
        public var version: String?
        /// Loss of a class's F1 that the gate bears.
        public var tolerance = 0.05
        public var acceptsWorse = false
        public var activates = false
        /// Boxes: goes on from the head there is instead of training anew.
        public var isQuick = false

        public init() {}
    }

    public struct Outcome: Sendable {
        public var json: JSONValue
        public var text: String
        /// False where the gate refused the new version.
        public var isAccepted: Bool
    }

    /// What is being done, and the share of it, 0 to 1.
    public typealias Progress = @Sendable (String, Double) -> Void

    let desk: ModelDesk
    private let began = ContinuousClock.now

    /// - Throws: ``AgentError`` for a configuration that cannot be used.
    public init(_ options: ModelDesk.Options) throws(AgentError) {
        OpenCVLibrary.silence()
        OpenCVLibrary.setThreads(1)
        desk = try ModelDesk(options)
    }

    /// Makes the first version of a scene.
    ///
    /// - Throws: ``AgentError``.
    public func new(_ name: String, options: Options, progress: @escaping Progress) async throws -> Outcome {
        guard LayerName.isIdentifier(name) else {
            throw AgentError(
                "'\(name)' is no name of a scene", at: "NAME",
                remedy: "use letters, digits, '-', '_' and '.', beginning with a letter or digit")
        }
        if let version = try desk.versions(of: name).last {
            throw AgentError(
                "there is a scene '\(name)' already, version \(version)", at: try desk.store().path,
                remedy: "go on with `shrike scene teach \(name)`, or choose another name")
        }
        if !options.normal.isEmpty { return try await newNormality(name, options: options, progress: progress) }
        return try await reporting {
            let base = try desk.base(options.base)
            let lesson = try await lesson(options, normalClass: options.normalClass, progress)
            let input =
                switch lesson.task {
                case .boxes: try lesson.boxPlan(options.input).input
                default:
                    try options.input.map { InputSize(width: $0.width, height: $0.height) }
                        ?? lesson.usualInput(PictureMemory(try desk.store()))
                }
            let plan = try StudyPlan(
                base: base, in: try desk.store(), input: input, precision: options.usesInt8 ? .int8 : .fp32)
            var record = TeachingRecord(task: lesson.task, normalClass: lesson.normalClass)
            let fresh = record.take(lesson.pictures)
            var study = try await study(lesson.task, plan, before: nil, lesson)
            try await study.learn(fresh, progress: progress)
            return try await round(name, options, plan, before: nil, record, lesson).finish(study, progress: progress)
        }
    }

    /// Adds pictures to a scene.
    ///
    /// - Throws: ``AgentError``.
    public func teach(_ scene: String, options: Options, progress: @escaping Progress) async throws -> Outcome {
        let before = try desk.taughtScene(scene)
        if before.record.task == .normality {
            return try await changeNormality(before, isTakenBack: false, options: options, progress: progress)
        }
        guard options.normal.isEmpty else {
            throw AgentError(
                "the scene learns \(before.record.task.rawValue) and not what is usual", at: scene,
                remedy: "bring labelled pictures with --data")
        }
        return try await reporting {
            var lesson = try await lesson(options, normalClass: before.record.normalClass, progress)
            guard lesson.task == before.record.task else {
                throw AgentError(
                    "the scene learns \(before.record.task.rawValue), the data has \(lesson.task.rawValue)",
                    at: options.data ?? "", remedy: "label it the same way, or make another scene of it")
            }
            let plan = try plan(before)
            guard !options.isQuick || before.record.task == .boxes else {
                throw AgentError(
                    "only boxes can be taught quickly; \(before.record.task.rawValue) are taught in seconds anyway",
                    at: scene, remedy: "leave out --quick")
            }
            var study = try await study(before.record.task, plan, before: before, isQuick: options.isQuick)
            var record = before.record
            let known = lesson.pictures.filter { record.picture($0.digest)?.label == $0.label }
            // A picture that comes with another label was taught wrongly: its old label is forgotten first.
            let relabeled = lesson.pictures.compactMap { picture in
                record.picture(picture.digest).flatMap { $0.label == picture.label ? nil : $0 }
            }
            if !known.isEmpty { lesson.notes.append("\(known.count) pictures were taught before and count once") }
            if !relabeled.isEmpty { lesson.notes.append("\(relabeled.count) pictures have a new label") }
            try await study.forget(relabeled, progress: progress)
            record.leave(Set(relabeled.map(\.digest)))
            let fresh = record.take(lesson.pictures.filter { !known.map(\.digest).contains($0.digest) })
            guard !fresh.isEmpty else {
                throw AgentError(
                    "all \(lesson.pictures.count) pictures were taught before", at: options.data ?? "",
                    remedy: "bring new ones; nothing was changed")
            }
            try await study.learn(fresh, progress: progress)
            return try await round(before.name, options, plan, before: before, record, lesson)
                .finish(study, progress: progress)
        }
    }

    /// Takes pictures or a class back.
    ///
    /// - Throws: ``AgentError``.
    public func forget(
        _ scene: String, pictures: [String], className: String?, options: Options, progress: @escaping Progress
    ) async throws -> Outcome {
        let before = try desk.taughtScene(scene)
        if before.record.task == .normality {
            return try await changeNormality(before, isTakenBack: true, options: options, progress: progress)
        }
        return try await reporting {
            let gone =
                try className.map { try before.record.pictures(ofClass: $0, scene: before.name) }
                ?? before.record.pictures(named: pictures, scene: before.name)
            let plan = try plan(before)
            var study = try await study(before.record.task, plan, before: before)
            try await study.forget(gone, progress: progress)
            var record = before.record
            record.leave(Set(gone.map(\.digest)))
            var round = round(before.name, options, plan, before: before, record, Lesson(task: record.task))
            round.notes.append("\(gone.count) pictures were taken back")
            return try await round.finish(study, progress: progress)
        }
    }

    /// Joins what several gateways taught.
    ///
    /// - Throws: ``AgentError``.
    public func merge(
        _ scene: String, with others: [String], options: Options, progress: @escaping Progress
    ) async throws -> Outcome {
        let before = try desk.taughtScene(scene)
        if before.record.task == .normality {
            return try await mergeNormality(before, with: others, options: options, progress: progress)
        }
        return try await reporting {
            let plan = try plan(before)
            var study = try await study(before.record.task, plan, before: before)
            var record = before.record
            var notes: [String] = []
            for text in others {
                let other = try desk.taughtScene(text)
                let merge = try SceneMerge(record, with: other, desk: desk)
                try study.join(other, common: merge.common)
                record = merge.record
                notes.append("\(merge.added) pictures of \(other.chain.top.manifest.reference) joined")
            }
            var round = round(before.name, options, plan, before: before, record, Lesson(task: record.task))
            round.notes = notes
            return try await round.finish(study, progress: progress)
        }
    }

    private func study(
        _ task: TeachingTask, _ plan: StudyPlan, before: TaughtScene?, _ lesson: Lesson? = nil, isQuick: Bool = false
    ) async throws -> any SceneStudy {
        switch task {
        case .classes:
            let backbone = try await plan.backbone(
                taps: ClassSceneStudy.taps(plan, before: before), requests: desk.workers, desk: desk)
            return try ClassSceneStudy(plan, backbone: backbone, before: before, desk: desk)
        case .boxes:
            if let before { return try BoxSceneStudy(plan, before: before, isQuick: isQuick, desk: desk) }
            let size = (plan.input.width, plan.input.height)
            return try BoxSceneStudy(plan, box: BoxPlan(lesson?.pictures ?? [], input: size), desk: desk)
        case .normality:
            throw AgentError("is taught by footage", at: task.rawValue, remedy: "name it with --normal")
        }
    }

    func plan(_ scene: TaughtScene) throws(AgentError) -> StudyPlan {
        guard scene.chain.bundles.count > 1, let input = scene.definition.heads.input else {
            throw AgentError("rides on no base", at: scene.name, remedy: "teach a new scene on one")
        }
        return try StudyPlan(
            base: try desk.resolve(scene.chain.bundles[1].digest.description), in: try desk.store(),
            input: InputSize(width: input.width, height: input.height), precision: scene.definition.heads.precision)
    }

    private func lesson(
        _ options: Options, normalClass: String?, _ progress: @escaping Progress
    ) async throws -> Lesson {
        let memory = PictureMemory(try desk.store())
        return try await BlockingThread(label: "read").run {
            try Lesson.read(options, normalClass: normalClass, memory: memory) { progress("reading pictures", $0) }
        }
    }

    func round(
        _ name: String, _ options: Options, _ plan: StudyPlan, before: TaughtScene?, _ record: TeachingRecord,
        _ lesson: Lesson
    ) -> TeachingRound {
        var round = TeachingRound(
            desk: desk, options: options, name: name, plan: plan, before: before, record: record, began: began)
        (round.classNames, round.notes) = (lesson.classNames, lesson.notes)
        return round
    }

    /// Failures of every layer in the words of this one.
    func reporting<R>(_ work: () async throws -> R) async throws -> R {
        do { return try await work() } catch let error as CancellationError { throw error } catch {
            return try translating { throw error }
        }
    }
}
