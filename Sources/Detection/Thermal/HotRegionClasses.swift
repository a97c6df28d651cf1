import ShrikeCore

/// Gives hot regions the classes of a scene by their size and shape.
struct HotRegionClasses {
    /// What a region looks like, whatever the scene calls it.
    enum Shape: String, CaseIterable {
        case cell = "hot_cell"
        case substring = "hot_substring"
        case module = "hot_module"
        case string = "hot_string"
    }

    private let byShape: [Shape: ClassDefinition]
    private let fallback: ClassDefinition?

    /// A scene without some of the four codes gives such regions its next smaller or larger one; a scene with none of
    /// them
    /// gives all regions its first class.
    init(scene: SceneDefinition) {
        var found: [Shape: ClassDefinition] = [:]
        for shape in Shape.allCases {
            let nearest: [Shape] =
                switch shape {
                case .cell: [.cell, .substring, .module, .string]
                case .substring: [.substring, .cell, .module, .string]
                case .module: [.module, .string, .substring, .cell]
                case .string: [.string, .module, .substring, .cell]
                }
            found[shape] = nearest.lazy.compactMap { scene.classDefinition($0.rawValue) }.first
        }
        byShape = found
        fallback = scene.classes.first
    }

    func classify(_ region: HotRegion, module: ModuleSize?) -> ClassDefinition? {
        byShape[Self.shape(area: Double(region.area), box: region.box, module: module)] ?? fallback
    }

    /// With the module's size known, by area: up to a tenth of a module a cell or a few, up to 0.55 a substring, up
    /// to 1.6 a
    /// module, above a string. Without it, by shape: small and compact a cell, slim a substring.
    static func shape(area: Double, box: Box, module: ModuleSize?) -> Shape {
        if let module {
            switch area / module.area {
            case ..<0.12: return .cell
            case ..<0.6: return .substring
            case ..<1.6: return .module
            default: return .string
            }
        }
        let slim = max(box.width, box.height) / max(1, min(box.width, box.height))
        if area < 150, slim < 2.5 { return .cell }
        if slim >= 3 { return .substring }
        return area < 8000 ? .module : .string
    }
}
