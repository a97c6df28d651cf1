import Foundation

/// By how far a flight's places are off as a whole, against places already known.
///
/// A receiver without corrections is off by meters, but nearly equally for a whole flight. The shift is that under which the
/// most places of like defects meet (a vote over all pairs), then refined with each pair weighted by how likely it is one
/// defect; the spread of what remains is chosen among some by likelihood. A shift is a normal variable itself, so that a single
/// pair far apart moves nothing.
struct FlightAlignment {
    var shift: LocalPlane.Offset
    /// Standard deviation of what remains, one axis, meters.
    var residual: Double
    /// Number of pairs that agree, as a sum of probabilities.
    var agreeing: Double
    /// What is added to each node's place beyond the shift: the error wanders during a flight, and neighbors tell how far.
    var corrections: [LocalPlane.Offset]

    /// Meters; the finest is what one flight's own jitter leaves.
    private static let residuals = [0.3, 0.5, 0.8, 1.2, 1.8]

    /// - Parameters:
    ///   - nodes: of the flight, places as measured.
    ///   - reference: places that stay.
    ///   - sigma: deviation of a shift that errors of both allow, one axis, meters.
    init(
        _ nodes: [DefectNode], to reference: [DefectNode], sigma: Double, fallback: Double, evidence: MatchEvidence
    ) {
        (shift, residual, agreeing) = (.init(north: 0, east: 0), fallback, 0)
        corrections = [LocalPlane.Offset](repeating: .init(north: 0, east: 0), count: nodes.count)
        let pairs = Self.pairs(nodes, reference, reach: 3.5 * sigma, evidence)
        guard !pairs.isEmpty else { return }
        var best = -Double.infinity
        for start in Self.starts(pairs, sigma: sigma) {
            for spread in Self.residuals {
                let candidate = Self.refined(start, pairs, spread: spread, sigma: sigma, evidence.density)
                if candidate.score > best + 1e-9 {
                    best = candidate.score
                    (shift, residual, agreeing) = (candidate.shift, spread, candidate.agreeing)
                }
            }
        }
        // Two or three pairs always agree well: their spread says little.
        if agreeing < 4 {
            residual = max(residual, min(fallback, 0.8))
        } else {
            followDrift(nodes, pairs, density: evidence.density)
        }
    }

    /// Meters over which neighbors share their error, and how many neighbors' worth of doubt there is.
    private static let reach = 9.0
    private static let doubt = 0.7

    /// Each node's correction is the mean of what remains of the others around it, never of its own.
    private mutating func followDrift(_ nodes: [DefectNode], _ pairs: [Pair], density: Double) {
        // From coarse to fine, so that no region settles on its neighbors' defects.
        let schedule: [Double?] = [1.6, 1.3, 1.0, 0.8, nil, nil, nil]
        for fixed in schedule {
            if let fixed { residual = fixed }
            let shares = shares(pairs, density: density)
            var remains = [(north: Double, east: Double, weight: Double)](repeating: (0, 0, 0), count: nodes.count)
            for (pair, share) in zip(pairs, shares) {
                remains[pair.node].north += share * (pair.apart.north - shift.north)
                remains[pair.node].east += share * (pair.apart.east - shift.east)
                remains[pair.node].weight += share
            }
            corrections = nodes.indices.map { i in
                var (north, east, weight) = (0.0, 0.0, Self.doubt)
                for j in nodes.indices where j != i && remains[j].weight > 0.05 {
                    let (n, e) = (
                        nodes[i].position.north - nodes[j].position.north,
                        nodes[i].position.east - nodes[j].position.east
                    )
                    let near = exp(-(n * n + e * e) / (2 * Self.reach * Self.reach))
                    (north, east) = (north + near * remains[j].north, east + near * remains[j].east)
                    weight += near * remains[j].weight
                }
                return .init(north: north / weight, east: east / weight)
            }
            if fixed == nil { residual = spread(pairs, self.shares(pairs, density: density)) }
        }
    }

    /// Probability of each pair to be one defect, under shift, corrections and residual.
    private func shares(_ pairs: [Pair], density: Double) -> [Double] {
        let factor = 1 / (2 * .pi * residual * residual * density)
        let values = pairs.map { pair -> Double in
            let rest = rest(of: pair)
            return factor * pair.weight
                * exp(-(rest.north * rest.north + rest.east * rest.east) / (2 * residual * residual))
        }
        // Each node has one partner and each partner one node, or none (R. Sinkhorn, 1964, with a slack of one).
        let partners = (pairs.map(\.partner).max() ?? -1) + 1
        var row = [Double](repeating: 1, count: corrections.count)
        var column = [Double](repeating: 1, count: partners)
        for _ in 0..<8 {
            var sums = [Double](repeating: 1, count: row.count)
            for (pair, value) in zip(pairs, values) { sums[pair.node] += value * column[pair.partner] }
            row = sums.map { 1 / $0 }
            sums = [Double](repeating: 1, count: column.count)
            for (pair, value) in zip(pairs, values) { sums[pair.partner] += value * row[pair.node] }
            column = sums.map { 1 / $0 }
        }
        return zip(pairs, values).map { min(1, $1 * row[$0.node] * column[$0.partner]) }
    }

    private func rest(of pair: Pair) -> LocalPlane.Offset {
        let correction = corrections[pair.node]
        return .init(
            north: pair.apart.north - shift.north - correction.north,
            east: pair.apart.east - shift.east - correction.east)
    }

    private func spread(_ pairs: [Pair], _ shares: [Double]) -> Double {
        var (sum, weight) = (0.0, 0.0)
        for (pair, share) in zip(pairs, shares) {
            let rest = rest(of: pair)
            sum += share * (rest.north * rest.north + rest.east * rest.east) / 2
            weight += share
        }
        return max(0.3, min(1.8, ((sum + 0.25) / (weight + 1)).squareRoot()))
    }

    private struct Pair {
        var node: Int
        var partner: Int
        /// From the node to its partner.
        var apart: LocalPlane.Offset
        var weight: Double
    }

    private static func pairs(
        _ nodes: [DefectNode], _ reference: [DefectNode], reach: Double, _ evidence: MatchEvidence
    ) -> [Pair] {
        var grid = PlaceGrid(cell: reach)
        for (j, node) in reference.enumerated() { grid.insert(j, at: node.position) }
        var pairs: [Pair] = []
        for (i, node) in nodes.enumerated() {
            for j in grid.near(node.position) {
                let other = reference[j]
                let apart = LocalPlane.Offset(
                    north: other.position.north - node.position.north, east: other.position.east - node.position.east)
                guard apart.length <= reach else { continue }
                pairs.append(
                    Pair(node: i, partner: j, apart: apart, weight: exp(max(-4, min(3, evidence.kind(node, other))))))
            }
        }
        return pairs
    }

    /// The fullest cells of a vote with half a meter's resolution, smoothed, and no shift at all.
    private static func starts(_ pairs: [Pair], sigma: Double) -> [LocalPlane.Offset] {
        struct Cell: Hashable {
            var row: Int
            var column: Int
        }
        var votes: [Cell: Double] = [:]
        for pair in pairs {
            let row = Int((pair.apart.north / 0.5).rounded())
            let column = Int((pair.apart.east / 0.5).rounded())
            let prior = exp(-(pair.apart.length * pair.apart.length) / (2 * sigma * sigma))
            for dr in -1...1 {
                for dc in -1...1 {
                    let share = pair.weight * (dr == 0 && dc == 0 ? 1 : 0.5) * (0.2 + prior)
                    votes[Cell(row: row + dr, column: column + dc), default: 0] += share
                }
            }
        }
        let full = votes.sorted {
            ($1.value, $0.key.row, $0.key.column) < ($0.value, $1.key.row, $1.key.column)
        }
        return [.init(north: 0, east: 0)]
            + full.prefix(24).map { .init(north: Double($0.key.row) * 0.5, east: Double($0.key.column) * 0.5) }
    }

    private static func refined(
        _ start: LocalPlane.Offset, _ pairs: [Pair], spread: Double, sigma: Double, _ density: Double
    ) -> (shift: LocalPlane.Offset, score: Double, agreeing: Double) {
        var shift = start
        var score = 0.0
        var agreeing = 0.0
        // Density of a partner's place where it is the same defect, against any other; half of all are seen again.
        let factor = 1 / (2 * .pi * spread * spread * density)
        for _ in 0..<12 {
            var likelihood = [Double](repeating: 1, count: (pairs.last?.node ?? 0) + 1)
            let values = pairs.map { pair -> Double in
                let (n, e) = (pair.apart.north - shift.north, pair.apart.east - shift.east)
                return factor * pair.weight * exp(-(n * n + e * e) / (2 * spread * spread))
            }
            for (pair, value) in zip(pairs, values) { likelihood[pair.node] += value }
            var (north, east, weight) = (0.0, 0.0, 0.0)
            for (pair, value) in zip(pairs, values) {
                let share = value / likelihood[pair.node]
                (north, east) = (north + share * pair.apart.north, east + share * pair.apart.east)
                weight += share
            }
            agreeing = weight
            score = likelihood.reduce(0) { $0 + log($1 / 2) } - shift.length * shift.length / (2 * sigma * sigma)
            let stiffness = spread * spread / (sigma * sigma)
            let next = LocalPlane.Offset(north: north / (weight + stiffness), east: east / (weight + stiffness))
            let step = hypot(next.north - shift.north, next.east - shift.east)
            shift = next
            if step < 1e-4 { break }
        }
        return (shift, score, agreeing)
    }
}
