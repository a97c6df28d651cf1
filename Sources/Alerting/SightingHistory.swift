/// What the last frames said of one track: the memory of M-of-N confirmation.
struct SightingHistory: Hashable, Sendable, Codable {
    /// Oldest first, at most `window`; nil for a frame that did not count.
    private var frames: [GradeAssessment?] = []

    mutating func append(_ assessment: GradeAssessment?, window: Int) {
        frames.append(assessment)
        if frames.count > max(1, window) { frames.removeFirst(frames.count - max(1, window)) }
    }

    func isConfirmed(hits: Int) -> Bool { frames.lazy.filter { $0 != nil }.count >= max(1, hits) }

    /// The highest grade that `hits` of the remembered frames reached, by the latest frame that gave exactly that; nil
    /// with fewer frames that count. One hot frame of noise does not raise a grade.
    func grade(hits: Int) -> GradeAssessment? {
        let known = frames.compactMap { $0 }
        guard known.count >= max(1, hits) else { return nil }
        let reached = known.map(\.grade).sorted(by: >)[max(1, hits) - 1]
        return known.last { $0.grade == reached }
    }
}
