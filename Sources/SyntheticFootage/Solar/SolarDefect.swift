/// A warm part of the field: an axis-aligned rectangle in field meters.
struct SolarDefect: Hashable, Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case cell = "hot_cell"
        case substring = "hot_substring"
        case module = "hot_module"
        case string = "hot_string"
    }

    /// Identity over all visits, from 1; those that came later have the visit's number in the thousands.
    var id: Int
    var kind: Kind
    var left: Double
    var bottom: Double
    var right: Double
    var top: Double
    var deltaKelvin: Double

    var corners: [(x: Double, y: Double)] { [(left, bottom), (right, bottom), (right, top), (left, top)] }
}
