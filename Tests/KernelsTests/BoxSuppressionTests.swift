import Kernels
import Testing

@Suite("Box suppression")
struct BoxSuppressionTests {
    /// The definition, written as plainly as it can be.
    private func reference(_ boxes: [[Float]], _ scores: [Float], _ classes: [Int32], _ iou: Float) -> [Int] {
        var left = scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }
        var kept: [Int] = []
        while let best = left.first {
            kept.append(best)
            left.removeFirst()
            left.removeAll { other in
                guard classes[other] == classes[best] else { return false }
                let (a, b) = (boxes[best], boxes[other])
                let w = max(0, min(a[2], b[2]) - max(a[0], b[0]))
                let h = max(0, min(a[3], b[3]) - max(a[1], b[1]))
                let whole = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h
                return w * h > iou * whole
            }
        }
        return kept
    }

    @Test("equals the plain definition on random boxes, equal scores included", arguments: [0, 1, 2, 37, 400])
    func random(count: Int) {
        var random = Pseudorandom(seed: UInt64(count))
        for _ in 0..<20 {
            let boxes = (0..<count).map { _ in
                let (x, y) = (random.unit() * 100, random.unit() * 100)
                return [x, y, x + 1 + random.unit() * 60, y + 1 + random.unit() * 60]
            }
            let scores = (0..<count).map { _ in (random.unit() * 10).rounded() / 10 }
            let classes = (0..<count).map { _ in Int32(random.unit() * 3) }
            let kept = BoxSuppression.kept(
                boxes: boxes.flatMap(\.self), scores: scores, classes: classes, iou: 0.45, limit: count)
            #expect(kept == reference(boxes, scores, classes, 0.45))
        }
    }

    @Test("the limit keeps the best, equal scores keep their order, and numbers that are none go")
    func edges() {
        let boxes: [Float] = [0, 0, 1, 1, 5, 5, 6, 6, 9, 9, 10, 10, .nan, 0, 1, 1]
        #expect(
            BoxSuppression.kept(boxes: boxes, scores: [0.5, 0.9, 0.5, 1], classes: [0, 0, 0, 0], iou: 0.5, limit: 2)
                == [1, 0])
        #expect(
            BoxSuppression.kept(boxes: boxes, scores: [.nan, 0.9, 0.5, 1], classes: [0, 0, 0, 0], iou: 0.5, limit: 9)
                == [1, 2])
        #expect(BoxSuppression.kept(boxes: [], scores: [], classes: [], iou: 0.5, limit: 0).isEmpty)
    }
}
