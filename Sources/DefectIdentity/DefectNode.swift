import ShrikeCore

/// Sightings that are taken for one defect so far, or a defect already on record, in meters of the site's plane.
struct DefectNode {
    /// Positions in the list of sightings.
    var members: [Int]
    /// Position in the list of the site's defects, where it is on record.
    var known: Int?
    var flight: Int?
    var position: LocalPlane.Offset
    /// Of the position, one axis, square meters; what is common to a flight left out.
    var variance: Double
    var weight: Double
    var classes: [String: Int]
    var size: Double?
    var asset: String?
    var appearance: AppearanceDescriptor?
    /// What orders equal matches: content, never the order of input.
    var key: String

    /// The class named most often, among equals the first by name.
    var className: String {
        classes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    }

    func merged(with other: DefectNode) -> DefectNode {
        var node = self
        node.members = (members + other.members).sorted()
        node.known = known ?? other.known
        node.flight = flight == other.flight ? flight : nil
        let (a, b) = (weight, other.weight)
        node.position = .init(
            north: (a * position.north + b * other.position.north) / (a + b),
            east: (a * position.east + b * other.position.east) / (a + b))
        node.weight = a + b
        node.variance = max(variance, other.variance)
        node.classes.merge(other.classes, uniquingKeysWith: +)
        node.size = size.flatMap { mine in other.size.map { (a * mine + b * $0) / (a + b) } } ?? size ?? other.size
        let prefersMine = (known == nil ? 1 : 0, key) <= (other.known == nil ? 1 : 0, other.key)
        node.asset = prefersMine ? asset ?? other.asset : other.asset ?? asset
        node.appearance = prefersMine ? appearance ?? other.appearance : other.appearance ?? appearance
        node.key = min(key, other.key)
        return node
    }
}
