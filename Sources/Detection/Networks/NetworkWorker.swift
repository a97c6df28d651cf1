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
    /// Grey pictures are scaled here before they become three channels.
    private var gray: [UInt8] = []
    /// What the request's input holds around the picture at present.
    private var filledFor: Letterbox?

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
        try request.withPixels { try fill($0, rows, letterbox) }
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

    private func fill(
        _ target: UnsafeMutableBufferPointer<UInt8>, _ rows: PixelRows, _ letterbox: Letterbox
    ) throws {
        let stride = 3 * letterbox.inputWidth
        guard target.count == stride * letterbox.inputHeight, let base = target.baseAddress else {
            throw DetectionError(
                "the network's input changed its size", at: detector.network.name, remedy: "load it again")
        }
        if filledFor != letterbox {
            target.update(repeating: Letterbox.fill)
            filledFor = letterbox
        }
        let start = UnsafeMutableRawPointer(base + letterbox.top * stride + 3 * letterbox.left)
        if rows.channels == 3 {
            try rows.resize(into: start, width: letterbox.width, height: letterbox.height, bytesPerRow: stride)
            return
        }
        if gray.count != letterbox.width * letterbox.height {
            gray = [UInt8](repeating: 0, count: letterbox.width * letterbox.height)
        }
        try gray.withUnsafeMutableBytes { memory in
            guard let scaled = memory.baseAddress else { return }
            try rows.resize(
                into: scaled, width: letterbox.width, height: letterbox.height, bytesPerRow: letterbox.width)
            let rest = target.count - letterbox.top * stride - 3 * letterbox.left
            PixelConversion.grayToBGR(
                UnsafeRawBufferPointer(memory), grayBytesPerRow: letterbox.width,
                into: UnsafeMutableRawBufferPointer(start: start, count: rest), bytesPerRow: stride,
                width: letterbox.width, height: letterbox.height)
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
