import ShrikeCore

/// Whether a finding lies where findings matter.
///
/// What counts is the center of the box: unlike a share of its area it needs no threshold of its own and behaves alike for
/// small and large boxes. Where any include zone concerns the class, the center must lie in one of them; an exclude zone
/// that concerns the class always wins. Zones are fixed in the picture, so every detection is judged where it lies.
struct ZoneVerdict: Hashable, Sendable {
    var isAllowed: Bool
    /// Include zones that hold the center, in the scene's order.
    var names: [String]

    init(center: Point, className: String, zones: [Zone], width: Int, height: Int) {
        guard width > 0, height > 0 else {
            (isAllowed, names) = (false, [])
            return
        }
        let place = Point(x: center.x / Double(width), y: center.y / Double(height))
        let concerned = zones.filter { $0.classes.isEmpty || $0.classes.contains(className) }
        let included = concerned.filter { $0.role == .include }
        names = included.filter { $0.polygon.contains(place) }.map(\.name)
        let isExcluded = concerned.contains { $0.role == .exclude && $0.polygon.contains(place) }
        isAllowed = !isExcluded && (included.isEmpty || !names.isEmpty)
    }
}
