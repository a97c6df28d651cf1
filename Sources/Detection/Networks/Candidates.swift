/// Boxes that a decoder found above the thresholds, in pixels of the network's input, in the order of the output.
struct Candidates {
    /// Left, top, right, bottom of each.
    private(set) var boxes: [Float] = []
    private(set) var scores: [Float] = []
    /// Class as the network counts.
    private(set) var classes: [Int32] = []
    /// Least score by class of the network; infinite for classes that the scene does not have.
    let floors: [Float]

    init(floors: [Float]) { self.floors = floors }

    var count: Int { scores.count }

    /// Keeps the memory.
    mutating func removeAll() {
        boxes.removeAll(keepingCapacity: true)
        scores.removeAll(keepingCapacity: true)
        classes.removeAll(keepingCapacity: true)
    }

    /// Whether a score of this class counts; false for numbers that are none and classes out of range.
    func accepts(_ score: Float, _ index: Int) -> Bool {
        index >= 0 && index < floors.count && score >= floors[index]
    }

    mutating func add(left: Float, top: Float, right: Float, bottom: Float, score: Float, index: Int) {
        guard left.isFinite, top.isFinite, right.isFinite, bottom.isFinite, right > left, bottom > top else { return }
        boxes.append(left)
        boxes.append(top)
        boxes.append(right)
        boxes.append(bottom)
        scores.append(score)
        classes.append(Int32(truncatingIfNeeded: index))
    }

    mutating func add(centerX: Float, centerY: Float, width: Float, height: Float, score: Float, index: Int) {
        add(
            left: centerX - width / 2, top: centerY - height / 2, right: centerX + width / 2,
            bottom: centerY + height / 2, score: score, index: index)
    }
}
