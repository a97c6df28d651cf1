import ShrikeCore

/// A damaged unit of the string, in pixels of the string's layer.
struct InsulatorDefect: Hashable, Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case missing = "insulator_missing"
        case broken = "insulator_broken"
    }

    var kind: Kind
    var box: Box
}
