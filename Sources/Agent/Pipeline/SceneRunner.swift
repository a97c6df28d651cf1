import Detection
import ShrikeCore

/// One thread's detectors. Scenes that share a base share its pass; detectors are made when a scene is first wanted.
final class SceneRunner {
    /// Number of the edition whose scenes these are.
    let edition: Int
    private let scenes: [LoadedScene]
    /// By the scene's token.
    private var detectors: [ObjectIdentifier: any Detector] = [:]
    private var passes: [[Int]: SharedPass] = [:]
    /// How each list of scenes was grouped.
    private var groups: [[Int]: [[Int]]] = [:]

    /// - Parameter earlier: a runner of this thread whose detectors of the same scenes go on being used; those of the others
    ///   are let go.
    init(edition: SceneEdition, keeping earlier: SceneRunner? = nil) {
        (self.edition, scenes) = (edition.number, edition.scenes)
        guard let earlier else { return }
        let tokens = Set(scenes.map { ObjectIdentifier($0.token) })
        detectors = earlier.detectors.filter { tokens.contains($0.key) }
        passes = earlier.passes.filter { group, _ in
            group.allSatisfy { earlier.scenes[$0].token === scenes[$0].token }
        }
        groups = [:]
    }

    /// Detections of the scenes at these positions, in that order.
    func detect(_ frame: Frame, scenes wanted: [Int]) throws -> [Detection] {
        var found: [Int: [Detection]] = [:]
        for group in grouped(wanted) {
            if group.count > 1 || scenes[group[0]].heads != nil {
                for (scene, detections) in zip(group, try pass(group).detect(frame)) { found[scene] = detections }
            } else {
                found[group[0]] = try detector(group[0]).detect(frame)
            }
        }
        return wanted.flatMap { found[$0] ?? [] }
    }

    private func grouped(_ wanted: [Int]) -> [[Int]] {
        if let known = groups[wanted] { return known }
        var order: [[Int]] = []
        var positions: [HeadScene.Sharing: Int] = [:]
        for scene in wanted {
            guard let sharing = scenes[scene].heads?.sharing else {
                order.append([scene])
                continue
            }
            if let position = positions[sharing] {
                order[position].append(scene)
            } else {
                positions[sharing] = order.count
                order.append([scene])
            }
        }
        groups[wanted] = order
        return order
    }

    private func pass(_ group: [Int]) throws -> SharedPass {
        if let pass = passes[group] { return pass }
        let pass = try SharedPass(group.compactMap { scenes[$0].heads })
        passes[group] = pass
        return pass
    }

    private func detector(_ scene: Int) throws -> any Detector {
        let key = ObjectIdentifier(scenes[scene].token)
        if let detector = detectors[key] { return detector }
        let detector = try scenes[scene].makeDetector()
        detectors[key] = detector
        return detector
    }
}
