import ShrikeCore
import Testing

@Suite struct GeometryTests {
    @Test func overlapOfBoxes() {
        let a = Box(x: 0, y: 0, width: 10, height: 10)
        #expect(a.iou(a) == 1)
        #expect(a.iou(Box(x: 5, y: 0, width: 10, height: 10)) == 50.0 / 150.0)
        #expect(a.iou(Box(x: 10, y: 0, width: 10, height: 10)) == 0)
        #expect(Box(x: 1, y: 1, width: 0, height: 0).iou(Box(x: 1, y: 1, width: 0, height: 0)) == 0)
    }

    @Test func clippingKeepsWhatIsInside() {
        #expect(
            Box(x: -5, y: -5, width: 10, height: 10).clipped(toWidth: 3, height: 100)
                == Box(x: 0, y: 0, width: 3, height: 5))
        #expect(Box(x: 20, y: 0, width: 5, height: 5).clipped(toWidth: 10, height: 10) == nil)
    }

    @Test func pointsInAndOutOfAConcavePolygon() {
        let polygon = Polygon(vertices: [
            Point(x: 0, y: 0), Point(x: 1, y: 0), Point(x: 1, y: 1), Point(x: 0.5, y: 0.2), Point(x: 0, y: 1),
        ])
        #expect(polygon.contains(Point(x: 0.1, y: 0.5)))
        #expect(polygon.contains(Point(x: 0.9, y: 0.5)))
        #expect(!polygon.contains(Point(x: 0.5, y: 0.9)))
        #expect(!Polygon(vertices: []).contains(Point(x: 0, y: 0)))
    }

    @Test func aMotionAfterItsInverseMovesNothing() throws {
        let motion = AffineTransform2D(a: 0.9, b: -0.3, tx: 12, c: 0.2, d: 1.1, ty: -7)
        let there = Point(x: 31, y: -8)
        let both = motion.after(try #require(motion.inverse))
        #expect(abs(both.apply(there).x - there.x) < 1e-9 && abs(both.apply(there).y - there.y) < 1e-9)
        let other = AffineTransform2D(a: 0, b: -2, tx: 10, c: 2, d: 0, ty: 3)
        let (once, twice) = (motion.after(other).apply(there), motion.apply(other.apply(there)))
        #expect(abs(once.x - twice.x) < 1e-9 && abs(once.y - twice.y) < 1e-9)
        #expect(AffineTransform2D(a: 1, b: 2, tx: 0, c: 2, d: 4, ty: 0).inverse == nil)
    }

    @Test func motionMovesBoxesWithTheirCenterAndScale() {
        let motion = AffineTransform2D(a: 0, b: -2, tx: 10, c: 2, d: 0, ty: 0)
        let moved = motion.apply(Box(x: -1, y: -1, width: 2, height: 2))
        #expect(motion.lengthScale == 2)
        #expect(moved == Box(x: 8, y: -2, width: 4, height: 4))
    }
}
