internal import CKernels

/// Greedy non-maximum suppression within classes.
public enum BoxSuppression {
    /// Positions of the boxes that stay, best first.
    ///
    /// Boxes are taken in order of score, equal scores in order of position; a box stays unless one of its class that
    /// already stays overlaps it by more than `iou` (intersection over union). The result depends on the input alone.
    ///
    /// - Parameters:
    ///   - boxes: `4 * n` numbers: left, top, right, bottom of each box, right >= left and bottom >= top.
    ///   - scores: `n` numbers; a box whose score or edges are no numbers is left out.
    ///   - classes: `n` numbers.
    /// - Precondition: the three have room for the same `n`.
    public static func kept(boxes: [Float], scores: [Float], classes: [Int32], iou: Float, limit: Int) -> [Int] {
        precondition(boxes.count == 4 * scores.count && classes.count == scores.count, "one box and class per score")
        let order = scores.indices
            .filter { i in scores[i].isFinite && boxes[4 * i..<4 * i + 4].allSatisfy(\.isFinite) }
            .sorted { (scores[$0], $1) > (scores[$1], $0) }
        var sortedBoxes: [Float] = []
        sortedBoxes.reserveCapacity(4 * order.count)
        for i in order { sortedBoxes.append(contentsOf: boxes[4 * i..<4 * i + 4]) }
        let sortedClasses = order.map { classes[$0] }
        let kept = [Int32](unsafeUninitializedCapacity: min(order.count, max(0, limit))) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            count = ck_nms(sortedBoxes, sortedClasses, order.count, iou, buffer.count, start)
        }
        return kept.map { order[Int($0)] }
    }
}
