public import ShrikeCore

/// Numbers for the classes of all scenes, as COCO wants them: from 1, in the order of scenes and their classes.
public struct CategoryIndex: Hashable, Sendable {
    public struct Category: Hashable, Sendable {
        public var id: Int64
        public var scene: String
        public var className: String
    }

    public let categories: [Category]
    private let ids: [String: [String: Int64]]

    public init(_ scenes: [SceneDefinition]) {
        var categories: [Category] = []
        var ids: [String: [String: Int64]] = [:]
        for scene in scenes {
            for definition in scene.classes where ids[scene.name]?[definition.code] == nil {
                let id = Int64(categories.count + 1)
                categories.append(Category(id: id, scene: scene.name, className: definition.code))
                ids[scene.name, default: [:]][definition.code] = id
            }
        }
        (self.categories, self.ids) = (categories, ids)
    }

    /// Nil for a class that no scene declares.
    public func id(scene: String, className: String) -> Int64? { ids[scene]?[className] }
}
