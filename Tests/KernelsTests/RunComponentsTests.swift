import Kernels
import Testing

struct RunComponentsTests {
    private func runs(_ rows: [String]) -> [PixelRun] {
        rows.enumerated().flatMap { y, row -> [PixelRun] in
            let cells = Array(row)
            var found: [PixelRun] = []
            var x = 0
            while x < cells.count {
                let start = x
                while x < cells.count, cells[x] == "#" { x += 1 }
                if x > start { found.append(PixelRun(y: y, left: start, right: x, strong: 0, sum: 0, peak: 0)) }
                x += 1
            }
            return found
        }
    }

    @Test func joinsWhatTouchesAlsoAtCorners() {
        let regions = RunComponents.connected(runs(["##..#", "..#.#", ".....", "#...."]))
        #expect(regions.map { $0.reduce(0) { $0 + $1.count } } == [3, 2, 1])
    }

    @Test func joinsArmsThatMeetLaterRows() {
        #expect(RunComponents.connected(runs(["#.#.#", "#.#.#", "#####"])).count == 1)
    }

    @Test func nothingGivesNothing() { #expect(RunComponents.connected([]).isEmpty) }

    /// Flood fill on random pictures.
    @Test(arguments: 1...20) func agreesWithFloodFill(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (width, height) = (23, 17)
        let share = random.uniform(0.2...0.6)
        let cells = (0..<height).map { _ in (0..<width).map { _ in random.unit() < share } }
        var seen = Set<Int>()
        var sizes: [Int] = []
        for start in 0..<width * height where cells[start / width][start % width] && seen.insert(start).inserted {
            var open = [start]
            var size = 0
            while let at = open.popLast() {
                size += 1
                for dy in -1...1 {
                    for dx in -1...1 {
                        let (x, y) = (at % width + dx, at / width + dy)
                        guard (0..<width).contains(x), (0..<height).contains(y), cells[y][x] else { continue }
                        if seen.insert(y * width + x).inserted { open.append(y * width + x) }
                    }
                }
            }
            sizes.append(size)
        }
        let regions = RunComponents.connected(runs(cells.map { String($0.map { $0 ? "#" : "." }) }))
        #expect(regions.map { $0.reduce(0) { $0 + $1.count } }.sorted() == sizes.sorted())
    }
}
