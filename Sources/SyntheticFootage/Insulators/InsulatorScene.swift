import Foundation
import Kernels
import ShrikeCore

/// A string of insulator units before countryside and sky, painted once: the string in a layer of its own so that it
/// moves
/// against what lies far behind.
struct InsulatorScene: Sendable {
    /// Pixels between two units in the string's layer.
    static let pitch = 92.0
    static let radius = 92.0

    let front: ColorLayer
    let back: ColorLayer
    let defects: [InsulatorDefect]
    /// Ends of the string in its layer.
    let start: Point
    let end: Point

    enum Material: CaseIterable { case glass, porcelain, composite }

    init(seed: SplitMix64, units: Int) {
        var random = seed
        let material = Material.allCases[random.index(below: 3)]
        let slope = random.uniform(-0.16...0.16)
        let margin = 780.0
        let length = Double(units - 1) * Self.pitch
        let width = length * cos(slope) + 2 * margin
        let drop = length * sin(slope)
        let height = abs(drop) + 1100
        start = Point(x: margin, y: height / 2 - drop / 2)
        end = Point(x: width - margin, y: height / 2 + drop / 2)
        var layer = ColorLayer(width: Int(width), height: Int(height))
        Self.drawFittings(into: &layer, start: start, end: end, slope: slope)
        let damaged = Self.damage(units: units, random: &random)
        var found: [InsulatorDefect] = []
        // Far units first, so that each covers the one behind it.
        for unit in 0..<units {
            let share = Double(unit) / Double(max(1, units - 1))
            let at = Point(x: start.x + (end.x - start.x) * share, y: start.y + (end.y - start.y) * share)
            let kind = damaged[unit]
            Self.drawUnit(into: &layer, at: at, slope: slope, material: material, damage: kind, random: &random)
            if let kind { found.append(InsulatorDefect(kind: kind, box: Self.box(at: at, slope: slope))) }
        }
        layer.finish()
        front = layer
        defects = found
        back = Self.countryside(random: &random)
    }

    /// One to three units in twenty, never neighbours, never the first or the last.
    private static func damage(units: Int, random: inout SplitMix64) -> [Int: InsulatorDefect.Kind] {
        var damaged: [Int: InsulatorDefect.Kind] = [:]
        let wanted = max(2, units / 8)
        var attempts = 0
        while damaged.count < wanted, attempts < 200, units > 4 {
            attempts += 1
            let unit = 2 + random.index(below: units - 4)
            let isFree = (unit - 2...unit + 2).allSatisfy { damaged[$0] == nil }
            if isFree { damaged[unit] = damaged.count % 2 == 0 ? .missing : .broken }
        }
        return damaged
    }

    private static func box(at p: Point, slope: Double) -> Box {
        let half = (x: radius * 0.36 + radius * abs(sin(slope)), y: radius)
        return Box(left: p.x - half.x, top: p.y - half.y, right: p.x + half.x, bottom: p.y + half.y)
    }

    private static func drawFittings(into layer: inout ColorLayer, start: Point, end: Point, slope: Double) {
        let steel = ColorLayer.Paint(blue: 168, green: 166, red: 160)
        let (dx, dy) = (cos(slope), sin(slope))
        layer.drawBar(from: (start.x - 760 * dx, start.y - 760 * dy), to: (start.x, start.y), radius: 9, paint: steel)
        // The conductor with its clamp leaves at the far end.
        layer.drawBar(from: (end.x, end.y), to: (end.x + 110 * dx, end.y + 110 * dy), radius: 10, paint: steel)
        layer.drawBar(
            from: (end.x + 90 * dx, end.y + 90 * dy), to: (end.x + 775 * dx, end.y + 775 * dy + 40), radius: 17,
            paint: ColorLayer.Paint(blue: 150, green: 148, red: 146))
        // Cross-arm of the tower: angle steel and its bracing.
        let arm = ColorLayer.Paint(blue: 128, green: 132, red: 130)
        layer.drawBar(from: (start.x - 330, 0), to: (start.x - 330, Double(layer.height)), radius: 17, paint: arm)
        layer.drawBar(from: (start.x - 200, 0), to: (start.x - 240, Double(layer.height)), radius: 14, paint: arm)
        let steps = max(2, layer.height / 130)
        for step in 0..<steps {
            let y = Double(step) * 130
            let down = step % 2 == 0
            layer.drawBar(
                from: (start.x - 330, down ? y : y + 130), to: (start.x - 215, down ? y + 130 : y), radius: 7,
                paint: arm)
        }
    }

    private static func drawUnit(
        into layer: inout ColorLayer, at p: Point, slope: Double, material: Material, damage: InsulatorDefect.Kind?,
        random: inout SplitMix64
    ) {
        let (dx, dy) = (cos(slope), sin(slope))
        let cap = ColorLayer.Paint(blue: 122, green: 126, red: 128)
        let paint: ColorLayer.Paint =
            switch material {
            case .glass: ColorLayer.Paint(blue: 190, green: 205, red: 160)
            case .porcelain: ColorLayer.Paint(blue: 62, green: 84, red: 138)
            case .composite: ColorLayer.Paint(blue: 96, green: 82, red: 176)
            }
        let own = 1 + 0.05 * random.normal()
        let seed = random.next()
        let gapStart = random.uniform(-2.6 ... -0.4)
        let gapAngle = random.uniform(1.2...2.0)
        let gapDepth = random.uniform(0.3...0.5)
        // Pin, then shed, then the cap of the next unit over it.
        layer.drawBar(
            from: (p.x - pitch * 0.55 * dx, p.y - pitch * 0.55 * dy),
            to: (p.x + pitch * 0.5 * dx, p.y + pitch * 0.5 * dy),
            radius: 9, paint: cap)
        if damage != .missing {
            layer.draw(
                ColorLayer.Shed(
                    x: p.x, y: p.y, radiusX: radius * 0.36, radiusY: radius * (1 + 0.01 * random.normal()), turn: slope,
                    paint: ColorLayer.Paint(blue: paint.blue * own, green: paint.green * own, red: paint.red * own),
                    opacity: material == .glass ? 0.72 : 1, gloss: material == .composite ? 0.18 : 0.75,
                    gapStart: gapStart, gapAngle: damage == .broken ? gapAngle : 0, gapDepth: gapDepth, seed: seed))
        }
        layer.drawBar(
            from: (p.x + 8 * dx, p.y + 8 * dy), to: (p.x + pitch * 0.42 * dx, p.y + pitch * 0.42 * dy),
            radius: material == .composite ? 14 : 24, paint: material == .composite ? paint : cap)
    }

    /// Hazy sky over woods and fields, out of focus.
    private static func countryside(random: inout SplitMix64) -> ColorLayer {
        let (width, height) = (1700, 1000)
        var woods = ValuePlane(width: width, height: height)
        woods.addNoise(seed: random.next(), cell: 190, amplitude: 16, octaves: 3)
        woods.addNoise(seed: random.next(), cell: 34, amplitude: 24, octaves: 4)
        var hue = ValuePlane(width: width, height: height)
        hue.addNoise(seed: random.next(), cell: 240, amplitude: 14, octaves: 3)
        var clouds = ValuePlane(width: width, height: height)
        clouds.addNoise(seed: random.next(), cell: 380, amplitude: 9, octaves: 4)
        var ridge = ValuePlane(width: width, height: 1)
        ridge.addNoise(seed: random.next(), cell: 300, amplitude: 60, octaves: 4)
        let horizon = random.uniform(300...520)
        var planes = [woods, woods, woods]
        let (cloud, tint, line) = (clouds.values, hue.values, ridge.values)
        let tones: [(sky: Float, low: Float, wood: Float, tint: Float)] = [
            (214, 226, 58, -0.3), (196, 220, 88, 0.4), (178, 214, 74, 1),
        ]
        for (channel, tone) in tones.enumerated() {
            planes[channel].modify { value, x, y in
                let edge = Float(horizon) + line[x]
                let depth = Float(y) - edge
                let sky = tone.sky + (tone.low - tone.sky) * min(1, max(0, Float(y) / edge)) + cloud[y * width + x]
                // Haze lightens what is far, just below the ridge.
                let haze = max(0, 1 - max(0, depth) / 420) * 0.4
                let wood = (tone.wood + value + tone.tint * tint[y * width + x]) * (1 - haze) + tone.low * haze
                let cover = min(1, max(0, depth / 3 + 0.5))
                value = sky * (1 - cover) + wood * cover
            }
        }
        return ColorLayer(blue: planes[0], green: planes[1], red: planes[2])
    }
}
