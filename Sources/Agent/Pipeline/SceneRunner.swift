import Detection
import ShrikeCore

/// One thread's detectors. Scenes that share a base share its pass; detectors are made when a scene is first wanted.
final class SceneRunner {
    private let table: SceneTable
    private var detectors: [ObjectIdentifier: any Detector] = [:]
    private var passes: [[ObjectIdentifier]: SharedPass] = [:]

    init(table: SceneTable) { self.table = table }

    /// Detections of the scenes, in their order.
    ///
    /// One whose scores are not numbers gives way to the version before it, for this frame already.
    ///
    /// - Parameters:
    ///   - positions: of the scenes in the table.
    ///   - scenes: that the frame was queued with; those that gave way are exchanged.
    ///   - edition: number of the table that the scenes are of.
    func detect(
        _ frame: Frame, at positions: [Int], with scenes: inout [LoadedScene], edition: inout Int
    ) throws -> [Detection] {
        var found = [[Detection]?](repeating: nil, count: scenes.count)
        for group in Self.grouped(scenes) {
            if scenes[group[0]].heads == nil {
                let all = try detector(scenes[group[0]]).detect(frame)
                found[group[0]] = all.allSatisfy { $0.score.isFinite } ? all : nil
            } else {
                let all = try together(group.map { scenes[$0] }, frame)
                for (index, detections) in zip(group, all) { found[index] = detections }
            }
        }
        for index in scenes.indices where found[index] == nil {
            guard let before = table.revert(positions[index], from: scenes[index]) else {
                throw AgentError(
                    "scores are not finite", at: scenes[index].definition.name,
                    remedy: "activate another version of the scene")
            }
            (scenes[index], edition) = (before, table.current.number)
            found[index] = try detector(before).detect(frame)
        }
        return found.flatMap { $0 ?? [] }
    }

    /// Detections of scenes that share a pass; nil for one that fails or whose scores are not numbers, and the others go on.
    private func together(_ scenes: [LoadedScene], _ frame: Frame) throws -> [[Detection]?] {
        do { return try pass(scenes).detect(frame) } catch {
            // Without a version to go back to, the frame fails with the scene's own words.
            let found = scenes.map { scene in try? detector(scene).detect(frame) }
            let canGoBack = zip(found, scenes).allSatisfy { $0 != nil || table.hasEarlier($1) }
            guard canGoBack else { throw error }
            return found
        }
    }

    /// Positions of scenes that share a pass, and of every other scene alone.
    private static func grouped(_ scenes: [LoadedScene]) -> [[Int]] {
        var groups: [[Int]] = []
        var known: [HeadScene.Sharing: Int] = [:]
        for (index, scene) in scenes.enumerated() {
            if let sharing = scene.heads?.sharing {
                if let group = known[sharing] {
                    groups[group].append(index)
                    continue
                }
                known[sharing] = groups.count
            }
            groups.append([index])
        }
        return groups
    }

    private func pass(_ scenes: [LoadedScene]) throws -> SharedPass {
        let key = scenes.map { ObjectIdentifier($0.token) }
        if let pass = passes[key] { return pass }
        let pass = try SharedPass(scenes.compactMap(\.heads))
        let ready = table.ready.union(key)
        passes = passes.filter { ready.isSuperset(of: $0.key) }
        passes[key] = pass
        return pass
    }

    private func detector(_ scene: LoadedScene) throws -> any Detector {
        let key = ObjectIdentifier(scene.token)
        if let detector = detectors[key] { return detector }
        let detector = try scene.makeDetector()
        // Those of versions that nobody goes back to are let go.
        let ready = table.ready.union([key])
        detectors = detectors.filter { ready.contains($0.key) }
        detectors[key] = detector
        return detector
    }
}
