internal import Imaging
internal import Inference
internal import Kernels
internal import ShrikeCore

/// Detects with a network on one thread. Its large buffers are made once and used again.
final class NetworkWorker: Detector {
    private let detector: NetworkDetector
    private let request: NetworkRequest
    private var frames = FramePixels()
    private var scratch = ClassScores()
    private var candidates: Candidates
    private var filler = InputFiller()

    init(_ detector: NetworkDetector, request: NetworkRequest) {
        (self.detector, self.request) = (detector, request)
        candidates = Candidates(floors: detector.floors)
    }

    func detect(_ frame: Frame) throws -> [Detection] {
        let plan = TilePlan(
            width: frame.width, height: frame.height, inputWidth: detector.input.width,
            inputHeight: detector.input.height, tiling: tiling(of: frame))
        var found: [RegionBox] = []
        try frames.withRows(of: frame.pixels) { rows in
            for (number, region) in plan.regions.enumerated() {
                let part = rows.part(x: region.x, y: region.y, width: region.width, height: region.height)
                found += try detect(part, region, number)
            }
        }
        let scene = detector.scene
        let merged = plan.regions.count == 1 ? found : SeamMerging(iou: scene.detector.nmsIoU).merged(found)
        return detections(merged, frame).prefix(max(0, scene.detector.maximumDetections)).map(\.self)
    }

    /// `auto` is for stills: a video has more pictures than time, and what is small in one is larger in the next.
    private func tiling(of frame: Frame) -> Tiling {
        let tiling = detector.scene.tiling
        return tiling.mode == .auto && frame.fileName == nil ? .off : tiling
    }

    /// Boxes of one region, in pixels of the frame, best first.
    private func detect(_ rows: PixelRows, _ region: TileRegion, _ number: Int) throws -> [RegionBox] {
        let convention = detector.decoder.convention
        let letterbox = Letterbox(
            pictureWidth: rows.width, pictureHeight: rows.height, inputWidth: detector.input.width,
            inputHeight: detector.input.height, placement: convention.placement)
        try request.withPixels { try filler.fill($0, rows, letterbox, network: detector.network.name) }
        try request.run()
        candidates.removeAll()
        try detector.decoder.decode(try request.outputs(), scratch: &scratch, into: &candidates)
        let settings = detector.scene.detector
        // Networks that select themselves give each object once; an overlap of 1 is never exceeded.
        let kept = BoxSuppression.kept(
            boxes: candidates.boxes, scores: candidates.scores, classes: candidates.classes,
            iou: convention.needsSuppression ? Float(settings.nmsIoU) : 1, limit: max(0, settings.maximumDetections))
        return kept.compactMap { position in
            let b = candidates.boxes
            let at = 4 * position
            let (l, t, r, bottom) = letterbox.toPicture(
                left: b[at], top: b[at + 1], right: b[at + 2], bottom: b[at + 3])
            return region.box(
                left: l, top: t, right: r, bottom: bottom, score: Double(candidates.scores[position]),
                index: Int(candidates.classes[position]), number: number)
        }
    }

    private func detections(_ boxes: [RegionBox], _ frame: Frame) -> [Detection] {
        boxes.compactMap { found in
            guard let index = detector.classes.sceneIndex[found.index],
                let box = found.box.clipped(toWidth: Double(frame.width), height: Double(frame.height))
            else { return nil }
            return Detection(
                scene: detector.scene.name, className: detector.scene.classes[index].code, score: min(1, found.score),
                box: box)
        }
    }
}
