import Testing

@testable import Tracking

@Suite struct AssignmentTests {
    @Test func costsAsLittleAsTheBestOfAllPairings() {
        var random = SplitMix64(state: 7)
        for _ in 0..<300 {
            let (rows, columns) = (Int(random.next() % 5) + 1, Int(random.next() % 5) + 1)
            var candidates: [Assignment.Candidate] = []
            for row in 0..<rows {
                for column in 0..<columns where random.unit() < 0.7 {
                    candidates.append(.init(row: row, column: column, cost: 4 * random.unit()))
                }
            }
            let pairs = Assignment.solve(candidates, unmatchedCost: 3)
            #expect(Set(pairs.map(\.row)).count == pairs.count)
            #expect(Set(pairs.map(\.column)).count == pairs.count)
            let costs = pairs.compactMap { pair in
                candidates.first { $0.row == pair.row && $0.column == pair.column }?.cost
            }
            #expect(costs.count == pairs.count)
            let total = costs.reduce(0, +) + 3 * Double(rows - pairs.count)
            #expect(abs(total - leastCost(candidates, row: 0, of: rows, taken: [])) < 1e-9)
        }
    }

    @Test func neverMakesAPairDearerThanNone() {
        let pairs = Assignment.solve(
            [.init(row: 0, column: 0, cost: 5), .init(row: 1, column: 0, cost: 2)], unmatchedCost: 3)
        #expect(pairs == [.init(row: 1, column: 0)])
    }

    /// The naive form: every pairing tried.
    private func leastCost(_ candidates: [Assignment.Candidate], row: Int, of rows: Int, taken: Set<Int>) -> Double {
        guard row < rows else { return 0 }
        var least = 3 + leastCost(candidates, row: row + 1, of: rows, taken: taken)
        for candidate in candidates where candidate.row == row && !taken.contains(candidate.column) {
            let rest = leastCost(candidates, row: row + 1, of: rows, taken: taken.union([candidate.column]))
            least = min(least, candidate.cost + rest)
        }
        return least
    }
}
