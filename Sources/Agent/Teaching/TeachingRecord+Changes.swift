import Foundation
import Integrity
import SceneTraining

extension TeachingRecord {
    /// Adds pictures under the name of a new teaching.
    ///
    /// - Returns: the pictures as they are in the record now.
    mutating func take(_ fresh: [TaughtPicture]) -> [TaughtPicture] {
        guard !fresh.isEmpty else { return [] }
        let increment = Self.increment(of: fresh)
        let named = fresh.map { picture in
            var picture = picture
            picture.increment = increment
            return picture
        }
        self = TeachingRecord(
            task: task, normalClass: normalClass,
            increments: increments.contains(increment) ? increments : increments + [increment],
            pictures: pictures + named)
        return named
    }

    /// Takes pictures out, and teachings that have none left.
    mutating func leave(_ digests: Set<SHA256Digest>) {
        let kept = pictures.filter { !digests.contains($0.digest) }
        let used = Set(kept.map(\.increment))
        self = TeachingRecord(
            task: task, normalClass: normalClass, increments: increments.filter { used.contains($0) }, pictures: kept)
    }

    /// - Throws: ``AgentError`` where the scene has no picture of the class.
    func pictures(ofClass name: String, scene: String) throws(AgentError) -> [TaughtPicture] {
        let isNormal = task == .classes && name == normalClass
        let found = pictures.filter { isNormal ? $0.label == .normal : $0.classNames.contains(name) }
        guard !found.isEmpty else {
            throw AgentError(
                "the scene was taught no class '\(name)'", at: scene,
                remedy: "it knows \(pictureCounts.keys.sorted().joined(separator: ", "))")
        }
        return found
    }

    /// Pictures by file, digest or file name.
    ///
    /// - Throws: ``AgentError`` for the first that was not taught, or whose name several have.
    func pictures(named names: [String], scene: String) throws(AgentError) -> [TaughtPicture] {
        var found: [TaughtPicture] = []
        for name in names {
            let digest = SHA256Digest(name) ?? (try? SHA256Digest.ofFile(at: name))
            let matching = pictures.filter { $0.digest == digest || $0.name == name }
            guard matching.count == 1 else {
                throw AgentError(
                    matching.isEmpty ? "picture was not taught" : "\(matching.count) taught pictures have this name",
                    at: "\(name) in \(scene)",
                    remedy: matching.isEmpty ? "`shrike scene show \(scene) --json` lists them" : "name it by digest")
            }
            found += matching
        }
        return found
    }
}
