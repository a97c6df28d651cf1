internal import Inference
internal import Kernels

/// YOLOv10, v26 and others exported with their selection inside: rows of left, top, right, bottom, score, class, in
/// pixels of the input. No suppression is needed.
struct EndToEndDecoder: OutputDecoder {
    static let name = DecoderName.yolov8
    let convention = InputConvention.unitRGB(.center, needsSuppression: false)
    var rows: Int
    /// Numbers of a row; more than 6 where masks or key points follow.
    var stride: Int
    // The class is a number in the rows; how many there are is not told.
    var classCount: Int? { nil }

    func decode(
        _ outputs: [TensorView], scratch: inout ClassScores, into candidates: inout Candidates
    ) throws(DetectionError) {
        let values = try output(0, of: outputs, atLeast: rows * stride).values
        for row in 0..<rows {
            let at = row * stride
            let score = values[at + 4]
            guard let index = Int(exactly: values[at + 5].rounded()), candidates.accepts(score, index) else { continue }
            candidates.add(
                left: values[at], top: values[at + 1], right: values[at + 2], bottom: values[at + 3], score: score,
                index: index)
        }
    }
}
