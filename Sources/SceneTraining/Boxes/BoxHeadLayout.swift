/// Where each tensor of a box head lies in one array of parameters.
struct BoxHeadLayout: Sendable {
    struct Tower: Sendable {
        var depthwiseWeight: Range<Int>
        var depthwiseBias: Range<Int>
        var pointwiseWeight: Range<Int>
        var pointwiseBias: Range<Int>
    }

    struct Level: Sendable {
        var lateralWeight: Range<Int>
        var lateralBias: Range<Int>
        var tower: Tower
    }

    let levels: [Level]
    let tower: Tower
    let classWeight: Range<Int>
    let classBias: Range<Int>
    let boxWeight: Range<Int>
    let boxBias: Range<Int>
    /// Two a level, x then y.
    let prior: Range<Int>
    let count: Int

    init(_ shape: BoxHeadShape) {
        var next = 0
        func take(_ count: Int) -> Range<Int> {
            defer { next += count }
            return next..<next + count
        }
        let width = shape.width
        func tower() -> Tower {
            Tower(
                depthwiseWeight: take(9 * width), depthwiseBias: take(width), pointwiseWeight: take(width * width),
                pointwiseBias: take(width))
        }
        levels = shape.levels.map { level in
            Level(lateralWeight: take(width * level.channels), lateralBias: take(width), tower: tower())
        }
        self.tower = tower()
        classWeight = take(shape.classes * width)
        classBias = take(shape.classes)
        boxWeight = take(4 * width)
        boxBias = take(4)
        prior = take(2 * shape.levels.count)
        count = next
    }
}
