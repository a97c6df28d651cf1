import Kernels

/// A solar field in its own frame: x along the rows, y across them, meters; tables of two modules upright with an
/// aisle
/// between tables.
struct SolarField: Sendable {
    struct Module: Sendable {
        var left: Double
        var bottom: Double
        var table: Int
        var row: Int
        var column: Int
    }

    /// Size of a module and distance between two, meters.
    let moduleWidth: Double
    let moduleHeight: Double
    let gap = 0.02
    let cellColumns = 6
    let cellRows: Int
    let aisle: Double
    let bounds: (left: Double, bottom: Double, right: Double, top: Double)
    private(set) var modules: [Module] = []
    private(set) var defects: [SolarDefect] = []
    let temperatures: Temperatures

    /// Degrees Celsius.
    struct Temperatures: Sendable {
        var module: Double
        var grass: Double
        var soil: Double
        var frame: Double
    }

    /// - Parameters:
    ///   - bounds: the ground the flight sees; tables fill it.
    ///   - watched: the part in which defects are placed, so that each one is seen whole for a while.
    init(
        seed: SplitMix64, bounds: (left: Double, bottom: Double, right: Double, top: Double),
        watched: (left: Double, bottom: Double, right: Double, top: Double), visit: Int = 1
    ) {
        var random = seed.split(1)
        self.bounds = bounds
        let large = random.unit() < 0.5
        moduleWidth = large ? 1.134 : 1.0
        moduleHeight = large ? 2.08 : 1.67
        cellRows = large ? 11 : 10
        aisle = random.uniform(2.6...4.2)
        let module = random.uniform(40...47)
        temperatures = Temperatures(
            module: module, grass: random.uniform(26...31), soil: random.uniform(33...38), frame: module - 7)
        let pitch = 2 * (moduleHeight + gap) + aisle
        var bottom = watched.bottom - pitch * random.uniform(0.05...0.5)
        while bottom > bounds.bottom { bottom -= pitch }
        var table = 0
        while bottom < bounds.top {
            let shift = random.uniform(0...1)
            for row in 0..<2 {
                var left = bounds.left - shift
                var column = 0
                while left < bounds.right {
                    modules.append(
                        Module(
                            left: left, bottom: bottom + Double(row) * (moduleHeight + gap), table: table, row: row,
                            column: column))
                    column += 1
                    // Every eighteenth gap is an expansion joint.
                    left += moduleWidth + gap + (column % 18 == 0 ? 0.25 : 0)
                }
            }
            bottom += pitch
            table += 1
        }
        place(defects: seed.split(2), in: watched)
        for later in stride(from: 2, through: visit, by: 1) {
            age(visit: later, seed: seed.split(100 + UInt64(later)), in: watched)
        }
    }

    private mutating func place(
        defects seed: SplitMix64, in watched: (left: Double, bottom: Double, right: Double, top: Double)
    ) {
        var random = seed
        let inside = modules.filter {
            $0.left > watched.left && $0.left + moduleWidth < watched.right && $0.bottom > watched.bottom
                && $0.bottom + moduleHeight < watched.top
        }
        let area = (watched.right - watched.left) * (watched.top - watched.bottom)
        let wanted = max(4, Int(area / 40))
        // Every kind appears; cells are the most frequent, as in the field.
        let order: [SolarDefect.Kind] = [.cell, .substring, .module, .cell, .string, .cell, .substring, .cell]
        var attempts = 0
        while defects.count < wanted, attempts < 400, !inside.isEmpty {
            attempts += 1
            let module = inside[random.index(below: inside.count)]
            var candidate = defect(order[defects.count % order.count], in: module, random: &random)
            guard isClear(candidate), candidate.right < watched.right else { continue }
            candidate.id = defects.count + 1
            defects.append(candidate)
        }
    }

    /// A month passes: about one defect in seven is mended, one in five grows, and as many come as go.
    private mutating func age(
        visit: Int, seed: SplitMix64, in watched: (left: Double, bottom: Double, right: Double, top: Double)
    ) {
        var random = seed
        let count = defects.count
        defects = defects.compactMap { defect in
            let chance = random.unit()
            if chance < 0.15 { return nil }
            return chance < 0.35 ? grown(defect) : defect
        }
        let inside = modules.filter {
            $0.left > watched.left && $0.left + moduleWidth < watched.right && $0.bottom > watched.bottom
                && $0.bottom + moduleHeight < watched.top
        }
        let kinds: [SolarDefect.Kind] = [.cell, .substring, .cell, .module]
        var (added, attempts) = (0, 0)
        while added < max(1, count / 7), attempts < 200, !inside.isEmpty {
            attempts += 1
            var candidate = defect(
                kinds[added % kinds.count], in: inside[random.index(below: inside.count)], random: &random)
            guard isClear(candidate), candidate.right < watched.right else { continue }
            added += 1
            candidate.id = 1000 * visit + added
            defects.append(candidate)
        }
    }

    /// A cell's heat spreads to the next cell up, a substring's to the next substring; all grow hotter.
    private func grown(_ defect: SolarDefect) -> SolarDefect {
        var defect = defect
        defect.deltaKelvin += 6
        guard
            let module = modules.first(where: {
                $0.left < defect.left && $0.left + moduleWidth > defect.right && $0.bottom < defect.bottom
                    && $0.bottom + moduleHeight > defect.top
            })
        else { return defect }
        let edge = 0.03
        switch defect.kind {
        case .cell:
            let cell = defect.top - defect.bottom
            if defect.top + cell <= module.bottom + moduleHeight - edge + 1e-6 {
                defect.top += cell
            } else {
                defect.bottom -= cell
            }
        case .substring:
            let width = (moduleWidth - 2 * edge) / 3
            if defect.right + width <= module.left + moduleWidth - edge + 1e-6 {
                defect.right += width
            } else {
                defect.left -= width
            }
        case .module, .string: break
        }
        return defect
    }

    private func isClear(_ candidate: SolarDefect) -> Bool {
        let reach = 1.2
        return defects.allSatisfy {
            $0.right + reach < candidate.left || candidate.right + reach < $0.left
                || $0.top + reach < candidate.bottom || candidate.top + reach < $0.bottom
        }
    }

    private func defect(_ kind: SolarDefect.Kind, in module: Module, random: inout SplitMix64) -> SolarDefect {
        let edge = 0.03
        let (cellWidth, cellHeight) = (
            (moduleWidth - 2 * edge) / Double(cellColumns), (moduleHeight - 2 * edge) / Double(cellRows)
        )
        switch kind {
        case .cell:
            let x = module.left + edge + Double(random.index(below: cellColumns)) * cellWidth
            let y = module.bottom + edge + Double(random.index(below: cellRows)) * cellHeight
            return SolarDefect(
                id: 0, kind: kind, left: x, bottom: y, right: x + cellWidth, top: y + cellHeight,
                deltaKelvin: random.uniform(9...28))
        case .substring:
            let x = module.left + edge + Double(random.index(below: 3)) * cellWidth * 2
            return SolarDefect(
                id: 0, kind: kind, left: x, bottom: module.bottom + edge, right: x + 2 * cellWidth,
                top: module.bottom + moduleHeight - edge, deltaKelvin: random.uniform(7...14))
        case .module, .string:
            let count = kind == .module ? 1 : 3 + random.index(below: 3)
            return SolarDefect(
                id: 0, kind: kind, left: module.left + edge, bottom: module.bottom + edge,
                right: module.left + Double(count) * (moduleWidth + gap) - gap - edge,
                top: module.bottom + moduleHeight - edge, deltaKelvin: random.uniform(6...10))
        }
    }
}
