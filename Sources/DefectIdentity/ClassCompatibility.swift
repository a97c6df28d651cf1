import Foundation

/// Which class codes may name the same physical defect: models waver between them, and defects grow from one into another.
public struct ClassCompatibility: Hashable, Sendable {
    /// Codes that stand for one another.
    public var families: [Set<String>]

    public init(families: [Set<String>]) { self.families = families }

    /// Warm parts of a module at any extent; damages of an insulator's sheds; loose and missing fasteners.
    public static let standard = ClassCompatibility(families: [
        ["hot_cell", "hot_spot", "hotspot", "hot_substring", "hot_module", "hot_string", "diode", "bypass_diode"],
        ["insulator_broken", "insulator_defect", "broken_shed", "broken", "flashover", "insulator_flashover"],
        ["missing_pin", "loose_pin", "missing_bolt", "loose_bolt"], ["corrosion", "rust"],
    ])

    public func areRelated(_ a: String, _ b: String) -> Bool {
        a == b || families.contains { $0.contains(a) && $0.contains(b) }
    }

    /// Logarithm of how much more often one defect carries both names than two random defects do.
    ///
    /// - Parameter share: of all defects, those of a class, 0 to 1.
    func evidence(_ a: String, _ b: String, share: (String) -> Double) -> Double {
        if a == b { return log(0.8 / max(0.05, min(0.8, share(a)))) }
        let others = families.filter { $0.contains(a) && $0.contains(b) }.map(\.count).max() ?? 0
        return others > 1 ? log(0.25 / max(0.25, share(b))) - 0.7 : -6
    }
}
