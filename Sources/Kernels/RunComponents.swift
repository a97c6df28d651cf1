/// Joins runs of pixels into regions whose pixels touch each other, corners included.
public enum RunComponents {
    /// Regions in the order of their first run; runs keep their order. Union-find over runs, near-linear.
    ///
    /// - Parameter runs: row by row from the top, left to right, not overlapping.
    public static func connected(_ runs: [PixelRun]) -> [[PixelRun]] {
        var parent = Array(runs.indices)
        func root(_ index: Int) -> Int {
            var i = index
            while parent[i] != i {
                parent[i] = parent[parent[i]]
                i = parent[i]
            }
            return i
        }
        var above = 0
        for (index, run) in runs.enumerated() {
            // Runs that end before this one begins, or lie higher than the row above, cannot touch it or a later one.
            while above < index,
                runs[above].y < run.y - 1 || (runs[above].y == run.y - 1 && runs[above].right < run.left)
            {
                above += 1
            }
            var other = above
            while other < index, runs[other].y == run.y - 1, runs[other].left <= run.right {
                let (a, b) = (root(other), root(index))
                if a != b { parent[max(a, b)] = min(a, b) }
                other += 1
            }
        }
        var slot = [Int](repeating: -1, count: runs.count)
        var regions: [[PixelRun]] = []
        for (index, run) in runs.enumerated() {
            let top = root(index)
            if slot[top] < 0 {
                slot[top] = regions.count
                regions.append([])
            }
            regions[slot[top]].append(run)
        }
        return regions
    }
}
