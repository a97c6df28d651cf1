import Imaging
import Kernels

/// The temperature of the ground and its modules, painted once in degrees Celsius and then looked at frame by frame.
struct SolarPlane: Sendable {
    /// Meters a value.
    static let resolution = 0.02

    let field: SolarField
    private(set) var plane: ValuePlane

    init(field: SolarField, seed: SplitMix64) throws(ImagingError) {
        self.field = field
        let bounds = field.bounds
        var random = seed.split(3)
        plane = ValuePlane(
            width: Int((bounds.right - bounds.left) / Self.resolution),
            height: Int((bounds.top - bounds.bottom) / Self.resolution), filledWith: Float(field.temperatures.grass))
        plane.addNoise(seed: random.next(), cell: 260, amplitude: 2.2, octaves: 3)
        plane.addNoise(seed: random.next(), cell: 22, amplitude: 1.5, octaves: 4)
        paintPaths(&random)
        paintShadows()
        for module in field.modules { paint(module, &random) }
        for defect in field.defects { paint(defect, &random) }
        paintSoiling(&random)
        // The sky's reflection varies slowly over the field.
        plane.addNoise(seed: random.next(), cell: 700, amplitude: 1.6, octaves: 2)
        try blur(sigma: 1.1)
    }

    /// The optics' own blur, done once on the ground instead of in every frame.
    private mutating func blur(sigma: Double) throws(ImagingError) {
        var image = try Image(width: plane.width, height: plane.height, channels: 1, depth: .float32)
        let row = plane.width * MemoryLayout<Float>.stride
        let (stride, height) = (image.bytesPerRow, plane.height)
        let sharp = plane.values
        image.withUnsafeMutableBytes { target in
            sharp.withUnsafeBytes { source in
                for y in 0..<height {
                    UnsafeMutableRawBufferPointer(rebasing: target[y * stride..<y * stride + row])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[y * row..<y * row + row]))
                }
            }
        }
        let soft = try image.blurred(sigma: sigma)
        let softStride = soft.bytesPerRow
        plane = soft.withUnsafeBytes { source in
            ValuePlane(width: plane.width, height: height) { values in
                for y in 0..<height {
                    UnsafeMutableRawBufferPointer(rebasing: values[y * row..<y * row + row])
                        .copyMemory(
                            from: UnsafeRawBufferPointer(rebasing: source[y * softStride..<y * softStride + row]))
                }
            }
        }
    }

    /// Row-major 3x3 map from field meters to values of the plane.
    var groundToPlane: [Double] {
        let s = 1 / Self.resolution
        return [s, 0, -field.bounds.left * s, 0, -s, field.bounds.top * s, 0, 0, 1]
    }

    private mutating func paint(
        left: Double, bottom: Double, right: Double, top: Double, value: Double, slopeX: Double = 0, slopeY: Double = 0,
        blend: ValuePlane.Blend = .replace
    ) {
        let s = 1 / Self.resolution
        plane.paint(
            left: (left - field.bounds.left) * s, top: (field.bounds.top - top) * s,
            right: (right - field.bounds.left) * s,
            bottom: (field.bounds.top - bottom) * s, value: value, slopeX: slopeX, slopeY: slopeY, blend: blend)
    }

    private mutating func paintPaths(_ random: inout SplitMix64) {
        // Wheel tracks of bare soil in every aisle.
        let bottoms = Set(field.modules.filter { $0.row == 0 }.map(\.bottom)).sorted()
        for bottom in bottoms {
            for offset in [0.35, 0.7] {
                let y = bottom - field.aisle * offset
                let rise = (field.temperatures.soil - field.temperatures.grass) * random.uniform(0.5...0.9)
                paint(
                    left: field.bounds.left, bottom: y - 0.25, right: field.bounds.right, top: y + 0.25, value: rise,
                    blend: .add)
            }
        }
    }

    private mutating func paintShadows() {
        for module in field.modules where module.row == 1 {
            let top = module.bottom + field.moduleHeight
            paint(
                left: module.left, bottom: top, right: module.left + field.moduleWidth + field.gap, top: top + 0.9,
                value: -5, slopeY: -1.5, blend: .add)
        }
    }

    private mutating func paint(_ module: SolarField.Module, _ random: inout SplitMix64) {
        let t = field.temperatures
        let (right, top) = (module.left + field.moduleWidth, module.bottom + field.moduleHeight)
        let own = t.module + 0.6 * random.normal()
        paint(
            left: module.left, bottom: module.bottom, right: right + field.gap, top: top + field.gap, value: t.grass - 2
        )
        paint(left: module.left, bottom: module.bottom, right: right, top: top, value: t.frame)
        let edge = 0.03
        let width = (field.moduleWidth - 2 * edge) / Double(field.cellColumns)
        let height = (field.moduleHeight - 2 * edge) / Double(field.cellRows)
        // Warm air rises along the slope: the upper end of a table is warmer.
        let climb = module.row == 1 ? 0.9 : -0.3
        for row in 0..<field.cellRows {
            for column in 0..<field.cellColumns {
                let x = module.left + edge + Double(column) * width
                let y = module.bottom + edge + Double(row) * height
                let value = own + climb * (Double(row) / Double(field.cellRows) + 0.2) + 0.22 * random.normal()
                paint(
                    left: x + 0.003, bottom: y + 0.003, right: x + width - 0.003, top: y + height - 0.003, value: value)
            }
        }
        spot(x: module.left + field.moduleWidth / 2, y: top - 0.12, radius: 0.07, value: random.uniform(0.8...2.0))
    }

    private mutating func spot(x: Double, y: Double, radius: Double, value: Double) {
        let s = 1 / Self.resolution
        plane.addSpot(
            x: (x - field.bounds.left) * s, y: (field.bounds.top - y) * s, radiusX: radius * s, radiusY: radius * s,
            value: value)
    }

    private mutating func paint(_ defect: SolarDefect, _ random: inout SplitMix64) {
        let (left, bottom, right, top) = (defect.left, defect.bottom, defect.right, defect.top)
        switch defect.kind {
        case .cell:
            paint(left: left, bottom: bottom, right: right, top: top, value: defect.deltaKelvin * 0.9, blend: .add)
            // Heat spreads through the glass to the neighbours.
            let halo = defect.deltaKelvin * 0.1
            spot(x: (left + right) / 2, y: (bottom + top) / 2, radius: (right - left) * 1.1, value: halo)
        case .substring:
            paint(left: left, bottom: bottom, right: right, top: top, value: defect.deltaKelvin, slopeY: 1, blend: .add)
        case .module, .string:
            // Patchwork: the cells of an unloaded module differ more than those of a loaded one.
            paint(left: left, bottom: bottom, right: right, top: top, value: defect.deltaKelvin, blend: .add)
            let count = Int((right - left) / field.moduleWidth * 8)
            for _ in 0..<max(6, count) {
                spot(
                    x: random.uniform(left + 0.1...right - 0.1), y: random.uniform(bottom + 0.1...top - 0.1),
                    radius: 0.12,
                    value: random.uniform(-0.6...1.2))
            }
        }
    }

    private mutating func paintSoiling(_ random: inout SplitMix64) {
        let count = field.modules.count / 6
        for _ in 0..<count {
            let module = field.modules[random.index(below: field.modules.count)]
            spot(
                x: module.left + random.uniform(0.1...field.moduleWidth - 0.1),
                y: module.bottom + random.uniform(0.05...0.4), radius: random.uniform(0.05...0.16),
                value: random.uniform(-1.4...1.5))
        }
    }
}
