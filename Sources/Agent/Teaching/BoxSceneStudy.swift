import Detection
import Evaluation
import Foundation
import FrameSources
import Imaging
import Inference
import Integrity
import ModelBundles
import SceneTraining
import ShrikeCore

/// Boxes, by a small head trained on the base's maps.
///
/// A head that is trained on new pictures alone forgets the old ones, so every version is trained anew on all pictures, which this
/// gateway remembers; sorted by digest and from a fixed seed, so that the order of teaching does not matter.
struct BoxSceneStudy: SceneStudy {
    static let prefix = "boxes"
    /// Longer training would not fit into a minute or two on a gateway; of more pictures so many are taken, evenly.
    static let maximumPictures = 800
    private static let seed: UInt64 = 1
    /// Classes with fewer pictures keep all for learning; of the others every fifth is held back for the gate.
    private static let leastForHolding = 20
    private static let holdEvery = 5
    private static let usualThreshold = 0.5
    /// Old pictures that a quick teaching looks at again, whatever their number, so that it stays quick.
    private static let quickPictures = 24

    private let plan: StudyPlan
    /// Maps that the head looks at, finest first; set when the scene is made, so that later versions look the same way.
    private let taps: [String]
    private let width: Int
    private let desk: ModelDesk
    private let memory: PictureMemory
    private var pictures: [TaughtPicture]
    /// The version whose head the training goes on from; nil begins anew.
    private let start: TaughtScene?

    /// Begins a scene.
    init(_ plan: StudyPlan, box: BoxPlan, desk: ModelDesk) throws(AgentError) {
        (self.plan, self.desk) = (plan, desk)
        memory = PictureMemory(try desk.store())
        (pictures, start) = ([], nil)
        taps = try box.strides.map { stride throws(AgentError) in
            guard let tap = plan.files.description.taps.last(where: { $0.stride == stride }) else {
                throw AgentError(
                    "the base has no map of stride \(stride)", at: plan.base.top.manifest.reference,
                    remedy: "import one with maps of strides 8, 16 and 32")
            }
            return tap.name
        }
        width = box.width
    }

    /// Goes on with a scene.
    ///
    /// - Parameter isQuick: begins with the head there is: seconds, but what was taught when leaves a trace.
    init(_ plan: StudyPlan, before: TaughtScene, isQuick: Bool, desk: ModelDesk) throws(AgentError) {
        guard let head = before.definition.heads.boxes.first,
            let width = try? before.chain.top.tensors(before.definition.heads.file)
                .tensors["\(head.prefix).tower.depthwise.bias"]?.count
        else {
            throw AgentError("has no head for boxes", at: before.name, remedy: "teach a new scene")
        }
        (self.plan, self.desk, self.width, taps) = (plan, desk, width, head.taps)
        memory = PictureMemory(try desk.store())
        pictures = before.record.pictures
        start = isQuick ? before : nil
    }

    mutating func learn(_ pictures: [TaughtPicture], progress: @escaping SceneTeaching.Progress) async throws {
        self.pictures += pictures
    }

    mutating func forget(_ pictures: [TaughtPicture], progress: @escaping SceneTeaching.Progress) async throws {
        let gone = Set(pictures.map(\.digest))
        self.pictures.removeAll { gone.contains($0.digest) }
    }

    mutating func join(_ other: TaughtScene, common: TaughtScene?) throws {
        let known = Set(pictures.map(\.digest))
        pictures += other.record.pictures.filter { !known.contains($0.digest) }
    }

    func solved(
        _ record: TeachingRecord, before: TaughtScene?, tolerance: Double, progress: @escaping SceneTeaching.Progress
    ) async throws -> SolvedScene {
        if let missing = record.pictures.first(where: { !memory.has($0.digest) }) {
            throw AgentError(
                "picture is not on this gateway", at: missing.name,
                remedy:
                    "a scene with boxes is trained on all its pictures: teach it where they are, or bring them with --data"
            )
        }
        let classes = record.pictureCounts.keys.sorted()
        let held = Self.held(record)
        let (taught, judged) = chosen(record, held: held)
        let backbone = try await plan.backbone(
            taps: Set(taps + (before?.definition.heads.taps ?? [])).sorted(), requests: desk.workers, desk: desk)
        let head = try await trained(taught, classes: classes, backbone, progress)
        let settings = HeadSettings(
            input: .init(width: plan.input.width, height: plan.input.height), precision: plan.precision,
            boxes: [.init(taps: taps, classes: classes, prefix: Self.prefix)])
        let tensors = TensorFile(tensors: head.tensors(Self.prefix))
        let trial = BoxTrial(desk: desk, memory: memory, pictures: judged)
        let found = try await trial.found(
            settings, tensors, classes: classes, before: before, on: backbone, progress)
        let thresholds = Dictionary(
            uniqueKeysWithValues: classes.map { name in
                // What was learned by heart tells nothing about the threshold.
                (name, held.isEmpty ? Self.usualThreshold : trial.threshold(of: name, found.new))
            })
        let oldClasses = before?.definition.classes ?? []
        let oldThresholds = Dictionary(uniqueKeysWithValues: oldClasses.map { ($0.code, $0.threshold) })
        return SolvedScene(
            heads: settings, tensors: tensors, statistics: nil,
            thresholds: thresholds,
            gate: GateReport(
                before: found.old.map { trial.outcomes($0, thresholds: oldThresholds) },
                after: trial.outcomes(found.new, thresholds: thresholds),
                known: Set(oldThresholds.keys).intersection(classes), tolerance: tolerance),
            notes: notes(record, held: held, taught: taught, judged: judged))
    }

    /// Pictures to learn from and to judge by. A quick teaching looks at what is new and at some of the old pictures.
    private func chosen(
        _ record: TeachingRecord, held: Set<SHA256Digest>
    ) -> (taught: [TaughtPicture], judged: [TaughtPicture]) {
        var taught = record.pictures.filter { !held.contains($0.digest) }
        var judged = record.pictures.filter { held.contains($0.digest) }
        if let start {
            let known = Set(start.record.pictures.map(\.digest))
            let old = Set(Self.some(taught.filter { known.contains($0.digest) }).map(\.digest))
            taught.removeAll { known.contains($0.digest) && !old.contains($0.digest) }
            judged = Self.some(judged)
        }
        return (taught, judged.isEmpty ? taught : judged)
    }

    /// At most ``quickPictures``, the classes in turn, so that none is left out.
    private static func some(_ pictures: [TaughtPicture]) -> [TaughtPicture] {
        let classes = Set(pictures.flatMap(\.classNames)).sorted()
        var waiting = classes.map { name in pictures.indices.filter { pictures[$0].classNames.contains(name) }[...] }
        waiting.append(pictures.indices.filter { pictures[$0].classNames.isEmpty }[...])
        var taken: Set<Int> = []
        while taken.count < quickPictures, waiting.contains(where: { !$0.isEmpty }) {
            for number in waiting.indices where taken.count < quickPictures {
                if let next = waiting[number].popFirst() { taken.insert(next) }
            }
        }
        return taken.sorted().map { pictures[$0] }
    }

    private func notes(
        _ record: TeachingRecord, held: Set<SHA256Digest>, taught: [TaughtPicture], judged: [TaughtPicture]
    ) -> [String] {
        var notes = [
            held.isEmpty
                ? "figures are of the taught pictures themselves: none was held back, which takes \(Self.leastForHolding) a class"
                : "\(held.count) pictures are held back for the gate and not learned"
        ]
        let rest = record.pictures.count - held.count - taught.count
        if start != nil, rest > 0 {
            notes.append("quick: \(rest) of the old pictures were not looked at again; without --quick all are")
        }
        return notes
    }

    /// Every fifth picture, by digest, where every class it shows has pictures enough.
    private static func held(_ record: TeachingRecord) -> Set<SHA256Digest> {
        let counts = record.pictureCounts
        let rich = record.pictures.filter { picture in
            !picture.classNames.isEmpty && picture.classNames.allSatisfy { counts[$0] ?? 0 >= leastForHolding }
        }
        return Set(rich.enumerated().filter { $0.offset % holdEvery == holdEvery - 1 }.map(\.element.digest))
    }

    private func trained(
        _ pictures: [TaughtPicture], classes: [String], _ backbone: Backbone,
        _ progress: @escaping SceneTeaching.Progress
    ) async throws -> BoxHead {
        let step = max(1, (pictures.count + Self.maximumPictures - 1) / Self.maximumPictures)
        let used = stride(from: 0, to: pictures.count, by: step).map { pictures[$0] }
        let levels = taps.compactMap { tap in backbone.taps.first { $0.name == tap } }
        let shape = BoxHeadShape(
            levels: levels.map { .init(tap: $0.name, channels: $0.channels, rows: $0.rows, columns: $0.columns) },
            width: width, classes: classes.count, inputWidth: plan.input.width,
            inputHeight: plan.input.height)
        let samples = try await samples(used, classes: classes, backbone, progress)
        var trainer = BoxHeadTrainer(shape, pictures: used.count, seed: Self.seed, threads: desk.workers)
        let head = try start.map { try Self.head(of: $0, shape, classes: classes) }
        if head != nil { trainer.steps = BoxHeadTrainer.quickSteps }
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await BlockingThread(label: "train").run { [trainer] in
                try trainer.train(samples, from: head) { done, loss in
                    progress("training", Double(done) / Double(trainer.steps))
                    return !cancellation.isCancelled
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    private static func head(of scene: TaughtScene, _ shape: BoxHeadShape, classes: [String]) throws -> BoxHead {
        let heads = scene.definition.heads
        return try BoxHead(
            scene.chain.top.tensors(heads.file).tensors, prefix, shape: shape, classes: classes,
            before: heads.boxes.first?.classes ?? [])
    }

    /// Each picture and its mirror image; a quick teaching does without the second.
    private func samples(
        _ pictures: [TaughtPicture], classes: [String], _ backbone: Backbone,
        _ progress: @escaping SceneTeaching.Progress
    ) async throws -> [BoxSample] {
        let (memory, input, views) = (memory, plan.input, start == nil ? 2 : 1)
        let places = taps.compactMap { tap in backbone.taps.firstIndex { $0.name == tap } }
        return try await FeatureWork(backbone: backbone, workers: desk.workers).map(
            count: views * pictures.count,
            picture: { number in
                let picture = pictures[number / views]
                let pixels = try StillPicture.decode(
                    [UInt8](memory.picture(picture.digest) ?? Data()), name: picture.name)
                return number.isMultiple(of: views) ? pixels : try Image(copying: pixels).mirrored().frozen()
            },
            take: { number, features in
                BoxSample(
                    maps: places.map { features.values($0) },
                    truths: Self.truths(
                        pictures[number / views], classes: classes, input: input,
                        isMirrored: !number.isMultiple(of: views)))
            },
            progress: {
                progress("looking at \(pictures.count) pictures", Double($0) / Double(views * pictures.count))
            })
    }

    private static func truths(
        _ picture: TaughtPicture, classes: [String], input: InputSize, isMirrored: Bool
    ) -> [BoxSample.Truth] {
        guard case .boxes(let boxes) = picture.label, picture.width > 0 else { return [] }
        let (x, y) = (Double(input.width) / Double(picture.width), Double(input.height) / Double(picture.height))
        return boxes.compactMap { labeled in
            guard let index = classes.firstIndex(of: labeled.className) else { return nil }
            let (left, right) = (labeled.box.left * x, labeled.box.right * x)
            return BoxSample.Truth(
                classIndex: index, left: Float(isMirrored ? Double(input.width) - right : left),
                top: Float(labeled.box.top * y), right: Float(isMirrored ? Double(input.width) - left : right),
                bottom: Float(labeled.box.bottom * y))
        }
    }
}
