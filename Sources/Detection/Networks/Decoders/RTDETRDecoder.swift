internal import Inference
internal import Kernels

/// RT-DETR: center and size as fractions of the input, and class scores, of some hundred queries; in one tensor
/// (1, N, 4 + classes), as Ultralytics exports it, or in two, (1, N, 4) and (1, N, classes), as Hugging Face does.
///
/// Input: red, green, blue from 0 to 1, stretched. No suppression is needed.
struct RTDETRDecoder: OutputDecoder {
    /// Where boxes or scores lie.
    struct Part: Hashable, Sendable {
        var output: Int
        var stride: Int
        var offset: Int
    }

    static let name = DecoderName.rtdetr
    let convention = InputConvention.unitRGB(.stretch, needsSuppression: false)
    var inputWidth: Int
    var inputHeight: Int
    var queries: Int
    var classes: Int
    var boxes: Part
    var scores: Part
    /// Scores are logits and not yet probabilities.
    var isLogits = false
    var classCount: Int? { classes }

    /// A probability lies between 0 and 1; logits of an empty picture are far below.
    func adjusted(to outputs: [TensorView]) -> RTDETRDecoder {
        var copy = self
        guard scores.output < outputs.count, outputs[scores.output].values.count >= queries * scores.stride else {
            return self
        }
        let values = outputs[scores.output].values
        copy.isLogits = (0..<queries).contains { query in
            (0..<classes).contains { !(0...1).contains(values[query * scores.stride + scores.offset + $0]) }
        }
        return copy
    }

    func decode(
        _ outputs: [TensorView], scratch: inout ClassScores, into candidates: inout Candidates
    ) throws(DetectionError) {
        let box = try output(boxes.output, of: outputs, atLeast: queries * boxes.stride).values
        let score = try output(scores.output, of: outputs, atLeast: queries * scores.stride).values
        scratch.readRows(score, candidates: queries, stride: scores.stride, offset: scores.offset, classes: classes)
        let (across, down) = (Float(inputWidth), Float(inputHeight))
        for query in 0..<queries {
            let best = isLogits ? sigmoid(scratch.best[query]) : scratch.best[query]
            let index = Int(scratch.index[query])
            guard candidates.accepts(best, index) else { continue }
            let at = query * boxes.stride + boxes.offset
            candidates.add(
                centerX: box[at] * across, centerY: box[at + 1] * down, width: box[at + 2] * across,
                height: box[at + 3] * down, score: best, index: index)
        }
    }
}
