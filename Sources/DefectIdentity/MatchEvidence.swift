import Foundation

/// How much more likely two nodes are one defect than two, as a natural logarithm: above 0 they are taken for one.
///
/// Place: two-dimensional normal errors against defects spread evenly over the site (the gate of Y. Bar-Shalom, T. Fortmann,
/// "Tracking and Data Association", 1988). Class, size, appearance and asset add bounded amounts, so that none overrules a place
/// that is clearly another.
struct MatchEvidence {
    var classes: ClassCompatibility
    /// Defects per square meter.
    var density: Double
    var share: [String: Double]

    /// Standard deviations beyond which two places are never one.
    static let gate = 4.0

    init(_ nodes: [DefectNode], classes: ClassCompatibility) {
        self.classes = classes
        var counts: [String: Double] = [:]
        for node in nodes { counts[node.className, default: 0] += 1 }
        let all = Double(max(1, nodes.count))
        share = counts.mapValues { $0 / all }
        let norths = nodes.map(\.position.north).sorted()
        let easts = nodes.map(\.position.east).sorted()
        guard let south = norths.first, let north = norths.last, let west = easts.first, let east = easts.last else {
            density = 0.01
            return
        }
        density = min(1, max(1e-5, all / ((north - south + 10) * (east - west + 10))))
    }

    /// Nil where the places alone rule it out.
    func between(_ a: DefectNode, _ b: DefectNode) -> Double? {
        let (dn, de) = (a.position.north - b.position.north, a.position.east - b.position.east)
        let variance = a.variance + b.variance
        let square = (dn * dn + de * de) / variance
        guard square <= Self.gate * Self.gate else { return nil }
        return min(6, -log(2 * .pi * variance * density)) - square / 2 + kind(a, b)
    }

    /// All but the place.
    func kind(_ a: DefectNode, _ b: DefectNode) -> Double {
        var sum = classes.evidence(a.className, b.className) { share[$0] ?? 0.05 }
        if let first = a.size, let second = b.size, first > 0, second > 0 {
            // Sizes of one defect differ by a third, those of two by a factor of two and a half, as deviations.
            let ratio = log(first / second)
            sum += max(-3, log(0.9 / 0.35) - ratio * ratio / 2 * (1 / (0.35 * 0.35) - 1 / (0.9 * 0.9)))
        }
        if let first = a.appearance, let second = b.appearance {
            sum += max(-0.7, min(0.7, 1.4 * (first.similarity(second) - 0.35)))
        }
        if let first = a.asset, let second = b.asset { sum += first == second ? 0.7 : -1.5 }
        return sum
    }
}
