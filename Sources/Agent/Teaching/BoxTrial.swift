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
    let memory: PictureMemory
    let pictures: [TaughtPicture]

    /// Weaker findings are not asked for.
    private static let leastScore = 0.05
    private static let overlap = 0.5
    private static let thresholds = stride(from: 0.1, through: 0.9, by: 0.02).map(\.self)

    /// What freshly trained heads find, by picture; with it what the version before finds. One pass of the base serves both.
    func found(
        _ heads: HeadSettings, _ tensors: TensorFile, classes: [String], before: TaughtScene?, on backbone: Backbone,
        _ progress: @escaping SceneTeaching.Progress
    ) async throws -> (new: [[Detection]], old: [[Detection]]?) {
        var definition = SceneDefinition(
            name: "trial", version: "0", kind: .heads,
            classes: classes.map { ClassDefinition(code: $0, threshold: Self.leastScore) }, heads: heads,
            persistence: Persistence(hysteresis: 0))
        var scenes: [HeadScene] = []
        if let before {
            definition.tiling = before.definition.tiling
            let old = try before.chain.top.tensors(before.definition.heads.file)
            scenes.append(try Self.scene(before.definition, old, backbone))
        }
        scenes.insert(try Self.scene(definition, tensors, backbone), at: 0)
        let found = try await look(scenes, progress)
        return (found.map { $0[0] }, before == nil ? nil : found.map { $0[1] })
    }

    private static func scene(
        _ definition: SceneDefinition, _ tensors: TensorFile, _ backbone: Backbone
    ) throws -> HeadScene {
        let converted = HeadTensors(
            tensors.tensors.mapValues { HeadTensors.Tensor(shape: $0.shape, values: $0.floats) },
            place: definition.name)
        return try HeadScene(scene: definition, tensors: converted, backbone: backbone)
    }

    /// By picture, then by scene.
    private func look(
        _ scenes: [HeadScene], _ progress: @escaping SceneTeaching.Progress
    ) async throws -> [[[Detection]]] {
        let (pictures, memory) = (pictures, memory)
        let isShared = Set(scenes.map(\.sharing)).count == 1
        return try await ThreadedWork.map(
            count: pictures.count, workers: desk.workers,
            tool: { try isShared ? [SharedPass(scenes)] : scenes.map { try SharedPass([$0]) } },
            take: { passes, number in
                let picture = pictures[number]
                let pixels = try StillPicture.decode(
                    [UInt8](memory.picture(picture.digest) ?? Data()), name: picture.name)
                let frame = Frame(
                    index: Int64(number), mediaTime: .zero, origin: "taught", fileName: picture.name, pixels: pixels)
                return try zip(scenes, passes.flatMap { try $0.detect(frame) }).map { scene, found in
                    guard let found else {
                        throw AgentError(
                            "scores are not finite", at: scene.scene.name,
                            remedy: "are the boxes right? look at the labels")
                    }
                    return found
                }
            }, progress: { progress("checking", Double($0) / Double(pictures.count)) })
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
