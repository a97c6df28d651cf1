internal import Foundation
internal import Inference
internal import Kernels

/// FastestDet: one map of objectness, box and class scores; planes (1, 5 + classes, rows, columns).
///
/// Center = (cell + tanh) / cells, size = sigmoid, as fractions of the picture; score = objectness x best class:
/// `handle_preds` of dog-qiuqiu/FastestDet. Input: blue, green, red from 0 to 1, stretched.
struct FastestDetDecoder: OutputDecoder {
    static let name = DecoderName.fastestdet
    let convention = InputConvention(
        pixels: PixelInput(swapsRedAndBlue: false, scale: [255, 255, 255]), placement: .stretch, needsSuppression: true)
    var inputWidth: Int
    var inputHeight: Int
    var columns: Int
    var rows: Int
    var classes: Int
    var classCount: Int? { classes }

    func decode(
        _ outputs: [TensorView], scratch: inout ClassScores, into candidates: inout Candidates
    ) throws(DetectionError) {
        let cells = columns * rows
        let values = try output(0, of: outputs, atLeast: cells * (5 + classes)).values
        scratch.readColumns(values, candidates: cells, offset: 5 * cells, classes: classes)
        for cell in 0..<cells {
            let score = values[cell] * scratch.best[cell]
            let index = Int(scratch.index[cell])
            guard candidates.accepts(score, index) else { continue }
            let x = (Float(cell % columns) + tanh(values[cells + cell])) / Float(columns)
            let y = (Float(cell / columns) + tanh(values[2 * cells + cell])) / Float(rows)
            let w = sigmoid(values[3 * cells + cell])
            let h = sigmoid(values[4 * cells + cell])
            let (across, down) = (Float(inputWidth), Float(inputHeight))
            candidates.add(
                centerX: x * across, centerY: y * down, width: w * across, height: h * down, score: score, index: index)
        }
    }
}

/// The logistic function.
func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
