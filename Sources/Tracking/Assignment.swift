/// Pairs rows with columns at the least total cost.
///
/// Pairs that may not be are left out; the rest falls into groups that share no row and no column, each solved by the
/// shortest augmenting path method (H. W. Kuhn 1955; R. Jonker, A. Volgenant 1987) in time cubic in the group.
enum Assignment {
    struct Pair: Hashable {
        var row: Int
        var column: Int
    }

    struct Candidate {
        var row: Int
        var column: Int
        var cost: Double
    }

    /// - Parameter unmatchedCost: what a row without column costs; a dearer pair is never made.
    /// - Returns: pairs by row.
    static func solve(_ candidates: [Candidate], unmatchedCost: Double) -> [Pair] {
        let usable = candidates.filter { $0.cost < unmatchedCost }
        return groups(of: usable).flatMap { solveGroup($0, unmatchedCost: unmatchedCost) }.sorted { $0.row < $1.row }
    }

    private static func groups(of candidates: [Candidate]) -> [[Candidate]] {
        var parent: [Int: Int] = [:]
        func root(_ node: Int) -> Int {
            var n = node
            while let up = parent[n], up != n { n = up }
            return n
        }
        // Rows are even nodes, columns odd ones.
        for candidate in candidates {
            let (r, c) = (root(candidate.row * 2), root(candidate.column * 2 + 1))
            parent[max(r, c)] = min(r, c)
        }
        var order: [Int] = []
        var members: [Int: [Candidate]] = [:]
        for candidate in candidates {
            let key = root(candidate.row * 2)
            if members[key] == nil { order.append(key) }
            members[key, default: []].append(candidate)
        }
        return order.compactMap { members[$0] }
    }

    private static func solveGroup(_ candidates: [Candidate], unmatchedCost: Double) -> [Pair] {
        if let only = candidates.first, candidates.count == 1 { return [Pair(row: only.row, column: only.column)] }
        let rows = Array(Set(candidates.map(\.row))).sorted()
        let columns = Array(Set(candidates.map(\.column))).sorted()
        let rowIndex = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
        let columnIndex = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
        // One more column for each row, free for that row alone, stands for "unmatched".
        let forbidden = unmatchedCost * 1e6
        let width = columns.count + rows.count
        var cost = [[Double]](repeating: [Double](repeating: forbidden, count: width), count: rows.count)
        for i in rows.indices { cost[i][columns.count + i] = unmatchedCost }
        for candidate in candidates {
            if let i = rowIndex[candidate.row], let j = columnIndex[candidate.column] { cost[i][j] = candidate.cost }
        }
        let chosen = columnForRow(cost, width: width)
        return rows.indices.compactMap { i in
            chosen[i] < columns.count && cost[i][chosen[i]] < unmatchedCost
                ? Pair(row: rows[i], column: columns[chosen[i]]) : nil
        }
    }

    /// Least-cost column for every row of a matrix with at least as many columns as rows.
    private static func columnForRow(_ cost: [[Double]], width: Int) -> [Int] {
        // Index 0 of every array is the unassigned sentinel of the method; rows and columns count from 1.
        let height = cost.count
        var rowPotential = [Double](repeating: 0, count: height + 1)
        var columnPotential = [Double](repeating: 0, count: width + 1)
        var rowOfColumn = [Int](repeating: 0, count: width + 1)
        for i in 1...height {
            rowOfColumn[0] = i
            var column = 0
            var least = [Double](repeating: .infinity, count: width + 1)
            var previous = [Int](repeating: 0, count: width + 1)
            var visited = [Bool](repeating: false, count: width + 1)
            repeat {
                visited[column] = true
                let row = rowOfColumn[column]
                var delta = Double.infinity
                var next = 0
                for j in 1...width where !visited[j] {
                    let reduced = cost[row - 1][j - 1] - rowPotential[row] - columnPotential[j]
                    if reduced < least[j] { (least[j], previous[j]) = (reduced, column) }
                    if least[j] < delta { (delta, next) = (least[j], j) }
                }
                for j in 0...width {
                    if visited[j] {
                        rowPotential[rowOfColumn[j]] += delta
                        columnPotential[j] -= delta
                    } else {
                        least[j] -= delta
                    }
                }
                column = next
            } while rowOfColumn[column] != 0
            while column != 0 {
                rowOfColumn[column] = rowOfColumn[previous[column]]
                column = previous[column]
            }
        }
        var chosen = [Int](repeating: width, count: height)
        for j in 1...width where rowOfColumn[j] > 0 { chosen[rowOfColumn[j] - 1] = j - 1 }
        return chosen
    }
}
