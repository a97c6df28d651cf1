import Kernels
import Testing

/// The C loops against plain Swift, on odd sizes.
struct ThermalPlanesTests {
    private func noisy(width: Int, height: Int, seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        return (0..<width * height).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    private func loaded(_ pixels: [UInt8], width: Int, height: Int) -> ThermalPlanes {
        var planes = ThermalPlanes(width: width, height: height)
        pixels.withUnsafeBytes { planes.load($0, stride: width, layout: .gray8) }
        return planes
    }

    @Test(arguments: [(8, 8), (33, 17), (64, 41), (101, 75)])
    func smoothingIsTheMeanOfNineNeighbours(width: Int, height: Int) {
        let pixels = noisy(width: width, height: height, seed: 1)
        let planes = loaded(pixels, width: width, height: height)
        for y in 0..<height {
            for x in 0..<width {
                var sum = 0
                for dy in -1...1 {
                    for dx in -1...1 {
                        sum += Int(pixels[min(max(y + dy, 0), height - 1) * width + min(max(x + dx, 0), width - 1)])
                    }
                }
                #expect(abs(planes.smooth[y * width + x] - Float(sum) / 9) < 1e-3)
            }
        }
    }

    @Test func layoutsOfEqualGreyGiveEqualPlanes() {
        let (width, height) = (37, 19)
        let pixels = noisy(width: width, height: height, seed: 2)
        let gray = loaded(pixels, width: width, height: height)
        var color = ThermalPlanes(width: width, height: height)
        pixels.flatMap { [$0, $0, $0] }.withUnsafeBytes { color.load($0, stride: 3 * width, layout: .bgr8) }
        var deep = ThermalPlanes(width: width, height: height)
        pixels.map(UInt16.init).withUnsafeBytes { deep.load($0, stride: 2 * width, layout: .gray16) }
        #expect(color.plane == gray.plane && deep.plane == gray.plane)
    }

    @Test func marksFollowLevelsInterpolatedBetweenTiles() {
        let (width, height) = (150, 90)
        var planes = loaded(noisy(width: width, height: height, seed: 3), width: width, height: height)
        var random = SplitMix64(seed: 4)
        let levels = (0..<planes.columns * planes.rows).map { _ in Float(random.uniform(80...160)) }
        planes.mark(levels: levels, thresholds: levels.map { _ in 20 }, lowShare: 0.5)
        for (x, y) in [(0, 0), (149, 89), (16, 16), (40, 50), (77, 13), (100, 70)] {
            let level = interpolated(levels, columns: planes.columns, rows: planes.rows, x: x, y: y)
            let at = y * width + x
            #expect(abs(planes.contrast[at] - (planes.smooth[at] - level)) < 1e-2)
        }
    }

    private func interpolated(_ tiles: [Float], columns: Int, rows: Int, x: Int, y: Int) -> Float {
        func place(_ at: Int, _ count: Int) -> (Int, Int, Float) {
            let f = min(max((Float(at) + 0.5) / 32 - 0.5, 0), Float(count - 1))
            let i = min(Int(f), max(0, count - 2))
            return (i, min(i + 1, count - 1), f - Float(i))
        }
        let (c, d, tx) = place(x, columns)
        let (r, s, ty) = place(y, rows)
        let top = tiles[r * columns + c] * (1 - tx) + tiles[r * columns + d] * tx
        let bottom = tiles[s * columns + c] * (1 - tx) + tiles[s * columns + d] * tx
        return top * (1 - ty) + bottom * ty
    }

    @Test func runsHoldExactlyThePixelsAboveTheLowThreshold() {
        let (width, height) = (77, 40)
        var planes = loaded(noisy(width: width, height: height, seed: 5), width: width, height: height)
        let tiles = planes.columns * planes.rows
        planes.mark(
            levels: [Float](repeating: 120, count: tiles), thresholds: [Float](repeating: 30, count: tiles),
            lowShare: 0.5)
        let contrast = planes.contrast
        var covered = Set<Int>()
        for run in planes.hotRuns() {
            let values = (run.left..<run.right).map { contrast[run.y * width + $0] }
            covered.formUnion((run.left..<run.right).map { run.y * width + $0 })
            #expect(run.strong == values.filter { $0 > 30 }.count)
            #expect(run.peak == values.max())
        }
        #expect(covered == Set(contrast.indices.filter { contrast[$0] > 15 }))
    }

    @Test func theHottestGroupIsFoundOnlyWhereItIsCommonEnough() {
        // A sixth at 200, the rest at 100, block by block.
        let (width, height) = (96, 96)
        let pixels = (0..<width * height).map { $0 % width < 16 ? UInt8(200) : UInt8(100) }
        var planes = loaded(pixels, width: width, height: height)
        planes.countLevels(origin: 100, bin: 1)
        let all = (columns: 0...planes.columns - 1, rows: 0...planes.rows - 1)
        let common = planes.hottestGroup(columns: all.columns, rows: all.rows, share: 0.1, origin: 100, bin: 1)
        let rare = planes.hottestGroup(columns: all.columns, rows: all.rows, share: 0.3, origin: 100, bin: 1)
        #expect(abs(common.level - 200) < 2 && common.isPopulated)
        #expect(abs(rare.level - 100) < 2 && rare.isPopulated)
    }

    @Test func spansAreTheLengthsBetweenDarkLines() {
        let (width, height) = (200, 120)
        // Dark lines every 20 pixels across and every 40 down: bright parts of 19 by 39.
        let pixels = (0..<width * height).map { $0 % width % 20 == 0 || $0 / width % 40 == 0 ? UInt8(20) : UInt8(120) }
        var planes = loaded(pixels, width: width, height: height)
        let tiles = planes.columns * planes.rows
        planes.mark(
            levels: [Float](repeating: 120, count: tiles), thresholds: [Float](repeating: 30, count: tiles),
            lowShare: 0.5)
        let spans = planes.spanLengths(limit: 100)
        #expect(spans.across.indices.filter { spans.across[$0] > 0 } == [19])
        #expect(spans.down.indices.filter { spans.down[$0] > 0 } == [39])
    }
}
