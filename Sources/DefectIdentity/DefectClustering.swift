/// Joins nodes that are one defect: best pair first, until no pair is more likely one than two.
///
/// The result does not depend on the order of the nodes: pairs of equal evidence are taken in the order of their keys.
struct DefectClustering {
    var evidence: MatchEvidence
    /// Whether two nodes must stay apart whatever they look like.
    var isForbidden: (DefectNode, DefectNode) -> Bool

    private struct Pair {
        var evidence: Double
        var a: Int
        var b: Int
    }

    func joined(_ nodes: [DefectNode]) -> [DefectNode] {
        var slots: [DefectNode?] = nodes.sorted { $0.key < $1.key }
        var version = [Int](repeating: 0, count: slots.count)
        var grid = PlaceGrid(cell: cell(nodes))
        for (i, node) in slots.enumerated() { if let node { grid.insert(i, at: node.position) } }
        var pairs: [(pair: Pair, versions: (Int, Int))] = []
        func consider(_ i: Int, after floor: Int) {
            guard let node = slots[i] else { return }
            for j in grid.near(node.position) where j != i && j > floor {
                guard let other = slots[j], !isForbidden(node, other), let value = evidence.between(node, other),
                    value > 0
                else { continue }
                pairs.append(
                    (Pair(evidence: value, a: min(i, j), b: max(i, j)), (version[min(i, j)], version[max(i, j)])))
            }
        }
        for i in slots.indices { consider(i, after: i) }
        while let best = pairs.indices.min(by: { Self.precedes(pairs[$0].pair, pairs[$1].pair) }) {
            let (pair, versions) = pairs.remove(at: best)
            guard version[pair.a] == versions.0, version[pair.b] == versions.1, let a = slots[pair.a],
                let b = slots[pair.b]
            else { continue }
            grid.remove(pair.b, at: b.position)
            grid.remove(pair.a, at: a.position)
            let node = a.merged(with: b)
            (slots[pair.a], slots[pair.b]) = (node, nil)
            grid.insert(pair.a, at: node.position)
            version[pair.a] += 1
            version[pair.b] += 1
            pairs.removeAll { $0.pair.a == pair.a || $0.pair.b == pair.a || $0.pair.a == pair.b || $0.pair.b == pair.b }
            consider(pair.a, after: -1)
        }
        return slots.compactMap(\.self)
    }

    private static func precedes(_ p: Pair, _ q: Pair) -> Bool { (-p.evidence, p.a, p.b) < (-q.evidence, q.a, q.b) }

    /// The farthest that any two nodes may lie apart.
    private func cell(_ nodes: [DefectNode]) -> Double {
        max(0.5, MatchEvidence.gate * (2 * (nodes.map(\.variance).max() ?? 1)).squareRoot())
    }
}
