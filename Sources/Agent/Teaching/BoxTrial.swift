import Detection
import Foundation
import FrameSources
import Integrity
import ModelBundles
import SceneTraining
import ShrikeCore

/// Lets heads with boxes look at pictures whose answer is known.
struct BoxTrial: Sendable {
    let desk: ModelDesk
    let plan: StudyPlan
    let memory: PictureMemory
    let pictures: [TaughtPicture]

    /// Weaker findings are not asked for.
    private static let leastScore = 0.05
    private static let overlap = 0.5
    private static let thresholds = stride(from: 0.1, through: 0.9, by: 0.02).map(\.self)

    /// What freshly trained heads find, by picture.
    func found(
        _ heads: HeadSettings, _ tensors: TensorFile, classes: [String], _ progress: @escaping SceneTeaching.Progress
    ) async throws -> [[Detection]] {
        let definition = SceneDefinition(
            name: "trial", version: "0", kind: .heads,
            classes: classes.map { ClassDefinition(code: $0, threshold: Self.leastScore) }, heads: heads,
            persistence: Persistence(hysteresis: 0))
        let backbone = try await plan.backbone(taps: heads.taps, requests: 1, desk: desk)
        let converted = HeadTensors(
            tensors.tensors.mapValues { HeadTensors.Tensor(shape: $0.shape, values: $0.floats) }, place: "trial")
        let scene = try HeadScene(scene: definition, tensors: converted, backbone: backbone)
        return try await look(try scene.makeDetector(), progress)
    }

    /// What a version made of the pictures.
    func outcomes(
        of scene: TaughtScene, _ progress: @escaping SceneTeaching.Progress
    ) async throws -> [PictureOutcome] {
        let library = SceneLibrary(
            engine: desk.options.engine, cacheFolder: desk.options.cacheFolder, workers: 1,
            models: ModelAccess(storePath: try desk.store().path))
        let loaded = try library.load(scene.chain.top.digest.description)
        let thresholds = Dictionary(uniqueKeysWithValues: loaded.definition.classes.map { ($0.code, $0.threshold) })
        return outcomes(try await look(try loaded.makeDetector(), progress), thresholds: thresholds)
    }

    private func look(
        _ detector: any Detector, _ progress: @escaping SceneTeaching.Progress
    ) async throws -> [[Detection]] {
        // One thread has it at a time, the one below.
        nonisolated(unsafe) let detector = detector
        let (pictures, memory) = (pictures, memory)
        return try await BlockingThread(label: "trial").run {
            try pictures.enumerated().map { number, picture in
                progress("checking", Double(number) / Double(pictures.count))
                let pixels = try StillPicture.decode(
                    [UInt8](memory.picture(picture.digest) ?? Data()), name: picture.name)
                return try detector.detect(
                    Frame(
                        index: Int64(number), mediaTime: .zero, origin: "taught", fileName: picture.name, pixels: pixels
                    ))
            }
        }
    }

    /// The score with the best F1 of a class; of equal ones the middle.
    func threshold(of name: String, _ found: [[Detection]]) -> Double {
        let figures = Self.thresholds.map { threshold in
            outcomes(found, thresholds: [name: threshold]).reduce(into: OutcomeCounts()) {
                $0 += $1.classes[name] ?? OutcomeCounts()
            }.f1
        }
        let best = figures.max() ?? 0
        let equal = figures.indices.filter { figures[$0] >= best - 1e-9 }
        return Self.thresholds[equal[equal.count / 2]]
    }

    /// Hits at an overlap (IoU) of one half, the strongest finding first; classes without a threshold are left out.
    func outcomes(_ found: [[Detection]], thresholds: [String: Double]) -> [PictureOutcome] {
        zip(pictures, found).map { picture, detections in
            var classes: [String: OutcomeCounts] = [:]
            for (name, threshold) in thresholds {
                var truths: [Box] = []
                if case .boxes(let boxes) = picture.label { truths = boxes.filter { $0.className == name }.map(\.box) }
                var counts = OutcomeCounts()
                let strong = detections.filter { $0.className == name && $0.score >= threshold }
                for detection in strong.sorted(by: { $0.score > $1.score }) {
                    let best = truths.indices.max { truths[$0].iou(detection.box) < truths[$1].iou(detection.box) }
                    if let best, truths[best].iou(detection.box) >= Self.overlap {
                        counts.hits += 1
                        truths.remove(at: best)
                    } else {
                        counts.falseAlarms += 1
                    }
                }
                counts.misses = truths.count
                if counts != OutcomeCounts() { classes[name] = counts }
            }
            return PictureOutcome(name: picture.name, classes: classes)
        }
    }
}
