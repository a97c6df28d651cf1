import ShrikeCore

/// An alert between its `new` and its `end`.
struct OpenAlert: Hashable, Sendable, Codable {
    /// Counts up in the order of opening.
    var number: Int
    /// Score, grade and basis as last told; class, box and count as last seen.
    var decision: AlertDecision
    /// Track that shows the defect now; nil after it ended.
    var trackID: Int?
    var history: SightingHistory
    /// Where it was last detected, in pixels of the current picture: carried along by camera motion.
    var place: Box
    /// Where its live track says it is.
    var predicted: Box?
    var lastSeen: MediaTime
    /// When its track ended.
    var lostAt: MediaTime?

    /// Least distance of a center to where the defect was last seen or must be now.
    func distance(to center: Point) -> Double {
        [place.center, predicted?.center].compactMap { $0 }.map { p in
            let (dx, dy) = (p.x - center.x, p.y - center.y)
            return (dx * dx + dy * dy).squareRoot()
        }.min() ?? .infinity
    }
}
