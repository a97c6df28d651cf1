/// What the generated footage shows.
public enum FootageKind: String, Sendable, Codable, CaseIterable {
    /// A thermal fly-over of a solar field.
    case solar
    /// A visible-light pass along an insulator string.
    case insulators
}
