internal import Inference
internal import Kernels

/// SSD-style networks with their selection inside, in two forms:
///
/// - rows of (picture, class, score, left, top, right, bottom), shape (1, 1, N, 7): Caffe's `DetectionOutput`. Input:
///   blue, green, red from 0 to 255.
/// - four tensors of boxes (top, left, bottom, right), classes, scores and their number: TensorFlow's detection API.
///   Input: red, green, blue from 0 to 255, the scaling being part of the export.
///
/// Boxes are fractions of the input, which is stretched; class 0 is the background, so class 1 is the scene's first.
struct SSDDecoder: OutputDecoder {
    enum Layout: Hashable, Sendable {
        case rows
        /// Positions of the outputs.
        case tensors(boxes: Int, classes: Int, scores: Int, number: Int)
    }

    static let name = DecoderName.ssd
    var layout: Layout
    var inputWidth: Int
    var inputHeight: Int
    var classCount: Int? { nil }

    var convention: InputConvention { .plain(.stretch, rgb: layout != .rows, needsSuppression: false) }

    func decode(
        _ outputs: [TensorView], scratch: inout ClassScores, into candidates: inout Candidates
    ) throws(DetectionError) {
        switch layout {
        case .rows: try decodeRows(outputs, into: &candidates)
        case .tensors(let boxes, let classes, let scores, let number):
            let count = try output(number, of: outputs, atLeast: 1).values[0]
            let score = try output(scores, of: outputs, atLeast: 0).values
            let rows = min(Int(exactly: count.rounded()) ?? 0, score.count)
            guard rows > 0 else { return }
            let label = try output(classes, of: outputs, atLeast: rows).values
            let box = try output(boxes, of: outputs, atLeast: 4 * rows).values
            for row in 0..<rows {
                add(
                    label: label[row], score: score[row], left: box[4 * row + 1], top: box[4 * row],
                    right: box[4 * row + 3], bottom: box[4 * row + 2], to: &candidates)
            }
        }
    }

    private func decodeRows(_ outputs: [TensorView], into candidates: inout Candidates) throws(DetectionError) {
        let values = try output(0, of: outputs, atLeast: 0).values
        for row in 0..<values.count / 7 {
            let at = 7 * row
            // A row of picture -1 ends the list.
            guard values[at] >= 0 else { break }
            add(
                label: values[at + 1], score: values[at + 2], left: values[at + 3], top: values[at + 4],
                right: values[at + 5], bottom: values[at + 6], to: &candidates)
        }
    }

    private func add(
        label: Float, score: Float, left: Float, top: Float, right: Float, bottom: Float,
        to candidates: inout Candidates
    ) {
        guard let number = Int(exactly: label.rounded()), number > 0, candidates.accepts(score, number - 1) else {
            return
        }
        let (across, down) = (Float(inputWidth), Float(inputHeight))
        candidates.add(
            left: left * across, top: top * down, right: right * across, bottom: bottom * down, score: score,
            index: number - 1)
    }
}
