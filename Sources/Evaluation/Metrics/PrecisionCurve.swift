/// Precision at 101 recalls, as COCO defines it.
public struct PrecisionCurve: Hashable, Sendable {
    /// Best precision at a recall of 0, 0.01 ... 1 or more; 0 where that recall is not reached.
    public private(set) var precisions = [Double](repeating: 0, count: 101)
    /// Largest recall; 0 where there is no label.
    public private(set) var recall = 0.0

    /// 0 where there is no label.
    public var averagePrecision: Double { precisions.reduce(0, +) / 101 }

    /// - Parameter outcomes: of all pictures in their order; equal scores keep it.
    init(outcomes: [PictureMatch.Outcome], labels: Int) {
        guard labels > 0 else { return }
        let sorted = outcomes.enumerated().sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
        var recalls: [Double] = []
        var precisions: [Double] = []
        var found = 0
        var wrong = 0
        for (_, outcome) in sorted {
            if !outcome.isIgnored { if outcome.isMatched { found += 1 } else { wrong += 1 } }
            recalls.append(Double(found) / Double(labels))
            precisions.append(found + wrong > 0 ? Double(found) / (Double(found + wrong) + 2.220446049250313e-16) : 0)
        }
        for i in precisions.indices.dropLast().reversed() { precisions[i] = max(precisions[i], precisions[i + 1]) }
        self.recall = recalls.last ?? 0
        var position = 0
        for step in 0...100 {
            let recall = Double(step) * 0.01
            while position < recalls.count, recalls[position] < recall { position += 1 }
            if position < recalls.count { self.precisions[step] = precisions[position] }
        }
    }
}
