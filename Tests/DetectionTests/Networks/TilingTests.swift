import ShrikeCore
import Testing

@testable import Detection

@Suite("Tile plan")
struct TilePlanTests {
    @Test("tiles cover the picture, overlap as asked, and are at most as large as asked")
    func coverage() {
        for (width, height) in [(4000, 3000), (1281, 640), (641, 5000), (1920, 1080)] {
            let plan = TilePlan(
                width: width, height: height, inputWidth: 640, inputHeight: 640,
                tiling: Tiling(mode: .always, overlap: 0.2))
            let tiles = plan.regions.filter { !$0.isWhole }
            #expect(plan.regions.count == tiles.count + 1)
            for tile in tiles {
                #expect(tile.x >= 0 && tile.y >= 0 && tile.x + tile.width <= width && tile.y + tile.height <= height)
                #expect(tile.width <= 640 && tile.height <= 640)
                #expect(tile.seams.contains(.left) == (tile.x > 0))
                #expect(tile.seams.contains(.bottom) == (tile.y + tile.height < height))
            }
            let columns = Set(tiles.map(\.x)).sorted()
            for (a, b) in zip(columns, columns.dropFirst()) { #expect(b - a <= 512) }
            #expect(columns.first == 0 && (columns.last ?? 0) + min(640, width) == width)
        }
    }

    @Test("auto tiles only what is more than twice the input")
    func automatic() {
        func count(_ width: Int, _ height: Int) -> Int {
            TilePlan(width: width, height: height, inputWidth: 640, inputHeight: 640, tiling: Tiling(mode: .auto))
                .regions.count
        }
        #expect(count(1280, 1280) == 1)
        #expect(count(1281, 720) > 1)
    }

    @Test("a huge picture and absurd settings give a bounded number of tiles")
    func bounded() {
        for overlap in [0.5, .nan, -3, 7] {
            let plan = TilePlan(
                width: 30_000, height: 30_000, inputWidth: 64, inputHeight: 64,
                tiling: Tiling(mode: .always, size: 1, overlap: overlap))
            #expect(plan.regions.count <= TilePlan.maximumTiles + 1)
        }
    }
}

@Suite("Seam merging")
struct SeamMergingTests {
    let merging = SeamMerging(iou: 0.45)

    func box(
        _ l: Double, _ t: Double, _ r: Double, _ b: Double, score: Double = 0.8, index: Int = 0, region: Int,
        cut: TileRegion.Sides = []
    ) -> RegionBox {
        RegionBox(
            box: Box(left: l, top: t, right: r, bottom: b), score: score, index: index, region: region, cut: cut)
    }

    @Test("an object whole in two tiles is reported once, with the better score")
    func twice() {
        let found = merging.merged([
            box(560, 10, 600, 60, score: 0.7, region: 0), box(561, 10, 601, 61, score: 0.9, region: 1),
        ])
        #expect(found.map(\.score) == [0.9])
    }

    @Test("a piece cut at a seam goes, whatever its score, where another tile has the whole")
    func piece() {
        let found = merging.merged([
            box(620, 10, 640, 60, score: 0.99, region: 0, cut: .right), box(620, 10, 700, 60, score: 0.6, region: 1),
        ])
        #expect(found.map(\.box.right) == [700])
    }

    @Test("halves of an object larger than the overlap become one")
    func halves() {
        let found = merging.merged([
            box(300, 100, 640, 300, score: 0.6, region: 0, cut: .right),
            box(512, 104, 900, 298, score: 0.8, region: 1, cut: .left),
        ])
        #expect(found.count == 1)
        #expect(found.first?.box == Box(left: 300, top: 100, right: 900, bottom: 300))
        #expect(found.first?.score == 0.8 && found.first?.cut == [])
    }

    @Test("an object over three tiles, and one over four around a corner, become one")
    func many() {
        let row = merging.merged([
            box(300, 100, 640, 300, region: 0, cut: .right), box(512, 100, 1152, 300, region: 1, cut: [.left, .right]),
            box(1024, 100, 1300, 300, region: 2, cut: .left),
        ])
        #expect(row.map(\.box) == [Box(left: 300, top: 100, right: 1300, bottom: 300)])
        let corner = merging.merged([
            box(400, 400, 640, 640, region: 0, cut: [.right, .bottom]),
            box(512, 400, 800, 640, region: 1, cut: [.left, .bottom]),
            box(400, 512, 640, 800, region: 2, cut: [.right, .top]),
            box(512, 512, 800, 800, region: 3, cut: [.left, .top]),
        ])
        #expect(corner.map(\.box) == [Box(left: 400, top: 400, right: 800, bottom: 800)])
    }

    @Test("a whole small object in front of a large one stays, and so do neighbours and other classes")
    func kept() {
        let boxes = [
            box(0, 0, 1000, 1000, score: 0.9, region: 2), box(400, 400, 450, 450, score: 0.8, region: 0),
            box(460, 400, 510, 450, score: 0.7, region: 0),
            box(620, 10, 640, 60, score: 0.6, index: 1, region: 0, cut: .right),
        ]
        #expect(merging.merged(boxes) == boxes)
    }

    @Test("two objects cut at the same seam, one above the other, stay two")
    func stacked() {
        let found = merging.merged([
            box(560, 100, 640, 200, region: 0, cut: .right), box(512, 190, 700, 290, region: 1, cut: .left),
        ])
        #expect(found.count == 2)
    }

    @Test("every object of a random scene is reported exactly once, wherever the seams fall")
    func randomScenes() {
        var random = LinearGenerator(seed: 7)
        for _ in 0..<200 {
            let plan = TilePlan(
                width: 2000, height: 1500, inputWidth: 640, inputHeight: 640,
                tiling: Tiling(mode: .always, overlap: 0.2))
            // Objects on a coarse grid do not overlap each other.
            let objects = (0..<12).map { cell in
                let w = Double(20 + random.next(230))
                let h = Double(20 + random.next(230))
                return Box(
                    x: Double(cell % 4) * 500 + Double(random.next(Int(490 - w))),
                    y: Double(cell / 4) * 500 + Double(random.next(Int(490 - h))), width: w, height: h)
            }
            var seen: [RegionBox] = []
            for (number, region) in plan.regions.enumerated() where !region.isWhole {
                for object in objects {
                    let b = region.box(
                        left: object.left - Double(region.x), top: object.top - Double(region.y),
                        right: object.right - Double(region.x), bottom: object.bottom - Double(region.y),
                        score: 0.5 + Double(random.next(50)) / 100, index: 0, number: number)
                    // What is nearly all outside a tile is not recognized there.
                    if let b, b.box.area > 0.15 * object.area { seen.append(b) }
                }
            }
            let found = merging.merged(seen)
            #expect(found.count == objects.count)
            for object in objects { #expect(found.contains { $0.box.iou(object) > 0.9 }) }
        }
    }
}

/// A small deterministic generator (Knuth's MMIX constants).
private struct LinearGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % max(1, limit)
    }
}
