/// One thing of the plant with a place: a tower (point), a span (line), a panel (area).
public struct Asset: Hashable, Sendable {
    public enum Outline: String, Hashable, Sendable, Codable { case point, line, area }

    /// Reach where the list gives none: half a tower's base or a module table, meters.
    public static let usualReach = 5.0

    public var id: String
    public var name: String?
    public var kind: String?
    public var outline: Outline
    /// One place each, one line each, or closed rings (even-odd, so a ring inside a ring is a hole).
    public var parts: [[Coordinate]]
    /// How far from its outline a defect still belongs to it, meters.
    public var reachMeters: Double

    public init(
        id: String, name: String? = nil, kind: String? = nil, outline: Outline, parts: [[Coordinate]],
        reachMeters: Double = usualReach
    ) {
        (self.id, self.name, self.kind, self.outline) = (id, name, kind, outline)
        (self.parts, self.reachMeters) = (parts, reachMeters)
    }
}
