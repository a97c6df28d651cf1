internal import Inference
internal import Kernels

/// YOLOv5 (and v7): one row per anchor box of center, size, objectness and class scores, in pixels of the input.
///
/// Score = objectness x best class, as `non_max_suppression` of ultralytics/yolov5 without multi-label.
struct YOLOv5Decoder: OutputDecoder {
    static let name = DecoderName.yolov5
    let convention = InputConvention.unitRGB(.center, needsSuppression: true)
    /// Anchor boxes.
    var rows: Int
    /// Numbers of a row that are read; masks or landmarks may follow.
    var classes: Int
    var stride: Int
    var classCount: Int? { classes }

    func decode(
        _ outputs: [TensorView], scratch: inout ClassScores, into candidates: inout Candidates
    ) throws(DetectionError) {
        let values = try output(0, of: outputs, atLeast: rows * stride).values
        scratch.readRows(values, candidates: rows, stride: stride, offset: 5, classes: classes)
        for row in 0..<rows {
            let at = row * stride
            let score = values[at + 4] * scratch.best[row]
            let index = Int(scratch.index[row])
            guard candidates.accepts(score, index) else { continue }
            candidates.add(
                centerX: values[at], centerY: values[at + 1], width: values[at + 2], height: values[at + 3],
                score: score, index: index)
        }
    }
}
