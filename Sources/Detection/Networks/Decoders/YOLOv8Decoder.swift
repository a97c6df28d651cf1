internal import Inference
internal import Kernels

/// YOLOv8, v9, v11 and their kin: center, size and class scores of each cell, without objectness, in pixels of the
/// input.
struct YOLOv8Decoder: OutputDecoder {
    static let name = DecoderName.yolov8
    let convention = InputConvention.unitRGB(.center, needsSuppression: true)
    var cells: Int
    var classes: Int
    /// Rows of the matrix are attributes (the usual export) and not cells.
    var attributesFirst: Bool
    /// Numbers per cell; masks or key points may follow the classes.
    var attributes: Int
    var classCount: Int? { classes }

    func decode(
        _ outputs: [TensorView], scratch: inout ClassScores, into candidates: inout Candidates
    ) throws(DetectionError) {
        let values = try output(0, of: outputs, atLeast: cells * attributes).values
        if attributesFirst {
            scratch.readColumns(values, candidates: cells, offset: 4 * cells, classes: classes)
        } else {
            scratch.readRows(values, candidates: cells, stride: attributes, offset: 4, classes: classes)
        }
        let (step, next) = attributesFirst ? (1, cells) : (attributes, 1)
        for cell in 0..<cells {
            let score = scratch.best[cell]
            let index = Int(scratch.index[cell])
            guard candidates.accepts(score, index) else { continue }
            let at = cell * step
            candidates.add(
                centerX: values[at], centerY: values[at + next], width: values[at + 2 * next],
                height: values[at + 3 * next], score: score, index: index)
        }
    }
}
