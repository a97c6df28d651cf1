import Kernels
import ShrikeCore

extension HotRegion {
    /// Joins hot modules that lie side by side: the frames between them are cold lines, and several hot modules in a
    /// row are
    /// one defect of their string. Other regions stay as they are, in order.
    static func joinedModules(_ regions: [HotRegion], module: ModuleSize?) -> [HotRegion] {
        guard let module else { return regions }
        var result: [HotRegion] = []
        for region in regions {
            var joined = region
            // Joining may close a gap between two that were apart, so until nothing more joins.
            while let index = result.firstIndex(where: { $0.continues(joined, module: module) }) {
                joined = result[index].joined(with: joined)
                result.remove(at: index)
            }
            result.append(joined)
        }
        return result
    }

    /// Whether both are at least half a module, as warm as each other within a third, no more than a frame's width
    /// apart and
    /// in line.
    private func continues(_ other: HotRegion, module: ModuleSize) -> Bool {
        guard min(Double(area), Double(other.area)) >= 0.45 * module.area else { return false }
        let (a, b) = (hot - normal, other.hot - other.normal)
        guard min(a, b) > 0.6 * max(a, b) else { return false }
        let apartX = max(box.left, other.box.left) - min(box.right, other.box.right)
        let apartY = max(box.top, other.box.top) - min(box.bottom, other.box.bottom)
        let reach = max(4, 0.15 * min(module.width, module.height))
        let isBeside = apartX <= reach && apartY < -0.6 * min(box.height, other.box.height)
        let isAbove = apartY <= reach && apartX < -0.6 * min(box.width, other.box.width)
        return isBeside || isAbove
    }

    private func joined(with other: HotRegion) -> HotRegion {
        var all = self
        all.runs = (runs + other.runs).sorted { ($0.y, $0.left) < ($1.y, $1.left) }
        all.area = area + other.area
        all.box = box.union(other.box)
        let share = Double(area) / Double(area + other.area)
        all.hot = max(hot, other.hot)
        all.normal = normal * share + other.normal * (1 - share)
        all.spread = max(spread, other.spread)
        all.threshold = max(threshold, other.threshold)
        return all
    }
}
