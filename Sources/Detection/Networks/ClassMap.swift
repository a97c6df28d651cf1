internal import ShrikeCore

/// Which class of the scene each class of the network is.
struct ClassMap: Sendable {
    /// Position in `scene.classes` by class of the network; nil for classes that the scene does not have.
    private(set) var sceneIndex: [Int?]

    /// Joins by name where the network names its classes and the scene's codes are all among them, else by position.
    ///
    /// - Parameter count: classes of the network, nil where its outputs do not tell.
    /// - Throws: ``DetectionError`` where the numbers of classes differ.
    init(scene: SceneDefinition, networkNames: [String], count: Int?, network: String) throws(DetectionError) {
        let codes = networkNames.map(Self.code)
        let positions = scene.classes.map { definition in codes.firstIndex(of: Self.code(definition.code)) }
        if !codes.isEmpty, !positions.isEmpty, positions.allSatisfy({ $0 != nil }),
            Set(positions).count == positions.count
        {
            var index = [Int?](repeating: nil, count: max(codes.count, count ?? 0))
            for (sceneIndex, position) in positions.enumerated() {
                if let position { index[position] = sceneIndex }
            }
            sceneIndex = index
            return
        }
        guard !scene.classes.isEmpty else {
            throw DetectionError(
                "the scene has no classes", at: scene.name, remedy: "name the network's classes in the scene")
        }
        let expected = count ?? (codes.isEmpty ? scene.classes.count : codes.count)
        guard expected == scene.classes.count else {
            throw DetectionError(
                "the network has \(expected) classes and the scene \(scene.classes.count)",
                at: "\(network), \(scene.name)",
                remedy: "name one class in the scene for each of the network's, in its order"
                    + (codes.isEmpty
                        ? "" : ", or use its own names: \(networkNames.prefix(20).joined(separator: ", "))"))
        }
        sceneIndex = scene.classes.indices.map { $0 }
    }

    /// Names and codes are compared without case, and with every other character than letters and digits alike.
    private static func code(_ name: String) -> String {
        String(name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }
}
