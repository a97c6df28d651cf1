internal import Foundation
internal import Inference
internal import Kernels

/// YOLOX: a row of center, size, objectness and class scores per grid cell of strides 8, 16 and 32, one stride after
/// the other, rows of the grid top to bottom.
///
/// The usual export leaves center offsets in cells and the logarithm of the size (`demo_postprocess` decodes them);
/// exports with `--decode_in_inference` give pixels. Score = objectness x best class, as `postprocess` of Megvii's
/// YOLOX.
struct YOLOXDecoder: OutputDecoder {
    static let name = DecoderName.yolox
    static let strides = [8, 16, 32]

    let convention = InputConvention.plain(.topLeft, needsSuppression: true)
    var inputWidth: Int
    var inputHeight: Int
    var classes: Int
    /// Centers and sizes are pixels already.
    var isDecoded = false
    var classCount: Int? { classes }
    private var stride: Int { 5 + classes }

    /// Cells of all grids for an input of this size.
    static func cells(width: Int, height: Int, strides: [Int] = strides) -> Int {
        strides.reduce(0) { $0 + (width / $1) * (height / $1) }
    }

    /// Offsets stay within a few cells; centers in pixels reach across the picture.
    func adjusted(to outputs: [TensorView]) -> YOLOXDecoder {
        var copy = self
        let rows = Self.cells(width: inputWidth, height: inputHeight)
        guard let values = outputs.first?.values, values.count >= rows * stride else { return self }
        let farthest = (0..<rows).map { values[$0 * stride] }.filter(\.isFinite).max() ?? 0
        copy.isDecoded = farthest > Float(inputWidth) / 2
        return copy
    }

    func decode(
        _ outputs: [TensorView], scratch: inout ClassScores, into candidates: inout Candidates
    ) throws(DetectionError) {
        let rows = Self.cells(width: inputWidth, height: inputHeight)
        let values = try output(0, of: outputs, atLeast: rows * stride).values
        scratch.readRows(values, candidates: rows, stride: stride, offset: 5, classes: classes)
        var first = 0
        for step in Self.strides {
            let (columns, lines) = (inputWidth / step, inputHeight / step)
            for cell in 0..<columns * lines {
                let row = first + cell
                let at = row * stride
                let score = values[at + 4] * scratch.best[row]
                let index = Int(scratch.index[row])
                guard candidates.accepts(score, index) else { continue }
                var (x, y, w, h) = (values[at], values[at + 1], values[at + 2], values[at + 3])
                if !isDecoded {
                    x = (x + Float(cell % columns)) * Float(step)
                    y = (y + Float(cell / columns)) * Float(step)
                    w = exp(w) * Float(step)
                    h = exp(h) * Float(step)
                }
                candidates.add(centerX: x, centerY: y, width: w, height: h, score: score, index: index)
            }
            first += columns * lines
        }
    }
}
