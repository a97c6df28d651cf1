internal import Foundation

/// What a box head did wrong on one level, and how its outputs should change.
///
/// Classes: binary cross-entropy; a cell that answers for a box is to say how well its own box fits (IoU, 0.3 to 1), all others
/// nothing, the surer they are the more it counts. Boxes: twice 1 - generalized IoU. Both are divided by the number of cells
/// that answer for a box.
struct BoxLoss {
    let shape: BoxHeadShape
    let level: Int
    /// Logarithms of the usual half width and half height, in strides.
    let prior: (x: Float, y: Float)
    let positives: Float

    private static let leastTarget: Float = 0.3
    private static let negativeWeight: Float = 0.75
    private static let boxWeight: Float = 2
    /// Sides stay between e^-6 and e^6 strides.
    private static let reach: Float = 6

    /// - Returns: the loss, and the gradients of the priors.
    func judge(
        logits: UnsafePointer<Float>, sides: UnsafePointer<Float>, truths: [BoxSample.Truth], assigned: [Int32],
        logitGradient: UnsafeMutablePointer<Float>, sideGradient: UnsafeMutablePointer<Float>
    ) -> (loss: Double, prior: (x: Float, y: Float)) {
        let cells = shape.levels[level].cells
        var loss = 0.0
        for i in 0..<shape.classes * cells {
            let p = 1 / (1 + exp(-logits[i]))
            let weight = Self.negativeWeight * p * p
            loss += Double(weight * softplus(logits[i]))
            logitGradient[i] = weight * p / positives
        }
        sideGradient.update(repeating: 0, count: 4 * cells)
        var slope: (x: Float, y: Float) = (0, 0)
        for cell in 0..<cells where assigned[cell] >= 0 {
            let truth = truths[Int(assigned[cell])]
            let found = overlap(cell, sides, truth)
            loss += Double(Self.boxWeight * (1 - found.overlap.giou))
            for side in 0..<4 {
                let value = -Self.boxWeight / positives * found.slopes[side]
                sideGradient[side * cells + cell] = value
                if side.isMultiple(of: 2) { slope.x += value } else { slope.y += value }
            }
            let at = truth.classIndex * cells + cell
            let p = 1 / (1 + exp(-logits[at]))
            let target = min(1, max(Self.leastTarget, found.overlap.iou))
            loss += Double(softplus(logits[at]) - target * logits[at])
            loss -= Double(Self.negativeWeight * p * p * softplus(logits[at]))
            logitGradient[at] = (p - target) / positives
        }
        return (loss / Double(positives), slope)
    }

    /// The cell's box against the truth, and what its generalized IoU gains by each side's value.
    private func overlap(
        _ cell: Int, _ sides: UnsafePointer<Float>, _ truth: BoxSample.Truth
    ) -> (overlap: BoxOverlap, slopes: [Float]) {
        let (columns, cells) = (shape.levels[level].columns, shape.levels[level].cells)
        let stride = shape.stride(level)
        let x = (Float(cell % columns) + 0.5) * stride.x
        let y = (Float(cell / columns) + 0.5) * stride.y
        let values = (0..<4).map { sides[$0 * cells + cell] + ($0.isMultiple(of: 2) ? prior.x : prior.y) }
        let lengths = values.enumerated().map { side, value in
            (side.isMultiple(of: 2) ? stride.x : stride.y) * exp(max(-Self.reach, min(Self.reach, value)))
        }
        let overlap = BoxOverlap(
            (lengths[0], lengths[1], lengths[2], lengths[3]),
            right: (x - truth.left, y - truth.top, truth.right - x, truth.bottom - y))
        let gradient = [overlap.gradient.0, overlap.gradient.1, overlap.gradient.2, overlap.gradient.3]
        // d length / d value is the length itself, and nothing beyond the reach.
        return (overlap, (0..<4).map { abs(values[$0]) < Self.reach ? gradient[$0] * lengths[$0] : 0 })
    }

    /// log(1 + e^x) without overflow.
    private func softplus(_ x: Float) -> Float { max(x, 0) + log1p(exp(-abs(x))) }
}
