internal import Inference
public import ShrikeCore

/// Looks at a frame for several scenes that ride on one base: each region is scaled and goes through the base once, then
/// through every scene's heads. On one thread.
///
/// What a scene finds does not depend on which others share the pass.
public final class SharedPass {
    private let extractor: FeatureExtractor
    private var workers: [HeadWorker]
    private let tiling: Tiling
    private let placement: Letterbox.Placement

    /// - Precondition: there is at least one scene, and all have the same ``HeadScene/sharing``.
    /// - Throws: ``Inference/InferenceError``.
    public init(_ scenes: [HeadScene]) throws {
        precondition(!scenes.isEmpty && Set(scenes.map(\.sharing)).count == 1, "scenes that share a pass")
        extractor = try FeatureExtractor(scenes[0].backbone)
        workers = scenes.map { $0.makeWorker() }
        tiling = scenes[0].scene.tiling
        placement = scenes[0].scene.heads.placement == .stretch ? .stretch : .center
    }

    /// Runs of the base so far: one a region, however many scenes there are.
    public var passes: Int { extractor.passes }

    /// Detections of each scene, in the order of the scenes, best first; nil for a scene whose scores are not finite.
    ///
    /// - Throws: what the engine throws.
    public func detect(_ frame: Frame) throws -> [[Detection]?] {
        let plan = plan(frame)
        var found = [[RegionBox]?](repeating: [], count: workers.count)
        try extractor.forEachRegion(of: frame, plan: plan, placement: placement) {
            region, number, letterbox, features in
            let place = HeadRegion(region: region, number: number, letterbox: letterbox)
            for index in workers.indices where found[index] != nil {
                do {
                    found[index]? += try workers[index].find(in: features, place, isOnly: plan.regions.count == 1)
                } catch is DetectionError {
                    // One scene's trouble is not its neighbours'.
                    found[index] = nil
                }
            }
        }
        return zip(workers, found).map { worker, boxes in
            boxes.map { detections($0, of: worker.scene, frame: frame, isTiled: plan.regions.count > 1) }
        }
    }

    /// The normality map of the first scene over the whole frame; nil where it has no such head.
    public func heatMap(_ frame: Frame) throws -> HeatMap? {
        let whole = TilePlan(
            width: frame.width, height: frame.height, inputWidth: extractor.backbone.input.width,
            inputHeight: extractor.backbone.input.height, tiling: .off)
        var map: HeatMap?
        try extractor.forEachRegion(of: frame, plan: whole, placement: placement) { _, _, letterbox, features in
            map = try workers[0].heatMap(features)
            map?.cover = letterbox.cover
        }
        return map
    }

    /// `auto` is for stills: a video has more pictures than time, and what is small in one is larger in the next.
    private func plan(_ frame: Frame) -> TilePlan {
        TilePlan(
            width: frame.width, height: frame.height, inputWidth: extractor.backbone.input.width,
            inputHeight: extractor.backbone.input.height,
            tiling: tiling.mode == .auto && frame.fileName == nil ? .off : tiling)
    }

    private func detections(_ boxes: [RegionBox], of scene: SceneDefinition, frame: Frame, isTiled: Bool) -> [Detection]
    {
        let merged =
            isTiled ? SeamMerging(iou: scene.detector.nmsIoU).merged(boxes) : boxes.sorted { $0.score > $1.score }
        return merged.compactMap { found in
            guard let box = found.box.clipped(toWidth: Double(frame.width), height: Double(frame.height)) else {
                return nil
            }
            return Detection(
                scene: scene.name, className: scene.classes[found.index].code, score: min(1, found.score), box: box,
                outline: found.outline.isEmpty ? nil : found.outline)
        }.prefix(max(0, scene.detector.maximumDetections)).map(\.self)
    }
}
