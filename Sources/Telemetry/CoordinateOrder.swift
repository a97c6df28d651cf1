/// Which of two coordinates comes first.
public enum CoordinateOrder: String, Sendable, Codable, CaseIterable {
    case latitudeFirst
    case longitudeFirst
}
