import Kernels

/// The size of one module as the picture shows it: the most common length between two dark lines, along rows and
/// columns.
struct ModuleSize: Hashable, Sendable {
    var width: Double
    var height: Double

    var area: Double { width * height }

    init(width: Double, height: Double) { (self.width, self.height) = (width, height) }

    /// Nil where no length stands out, e.g. where modules lie aslant in the picture or there are none.
    init?(planes: inout ThermalPlanes) {
        let spans = planes.spanLengths(limit: max(planes.width, planes.height) / 2)
        guard let width = Self.commonLength(spans.across), let height = Self.commonLength(spans.down) else {
            return nil
        }
        // Modules are 1.5 to 2.2 times as long as wide; another ratio is a table, a cell or chance.
        let ratio = max(width, height) / min(width, height)
        guard ratio <= 3 else { return nil }
        (self.width, self.height) = (width, height)
    }

    /// The length around which most pixels lie, if it holds at least a fifth of all.
    static func commonLength(_ counts: [Int32]) -> Double? {
        guard counts.count > 12 else { return nil }
        let pixels = counts.enumerated().map { $0 < 10 ? 0 : Double($1) * Double($0) }
        let total = pixels.reduce(0, +)
        var best = (sum: 0.0, moment: 0.0)
        for length in 10..<counts.count {
            let reach = max(1, length / 12)
            var (sum, moment) = (0.0, 0.0)
            for l in max(0, length - reach)...min(counts.count - 1, length + reach) {
                sum += pixels[l]
                moment += pixels[l] * Double(l)
            }
            if sum > best.sum { best = (sum, moment) }
        }
        guard total > 0, best.sum >= 0.2 * total, best.sum >= 500 else { return nil }
        return best.moment / best.sum
    }
}
