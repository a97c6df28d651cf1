import Foundation
import ShrikeCore

/// The scenes in use at one moment, by position; frames hold on to the edition they were queued with.
struct SceneEdition: Sendable {
    var number = 0
    var scenes: [LoadedScene]
}

/// The scenes in use, which may change between two frames; the one before each change stays ready.
final class SceneTable: @unchecked Sendable {
    // Sendable: everything that changes is only touched under `lock`.
    private let lock = NSLock()
    private var edition: SceneEdition
    private var previous: [Int: LoadedScene] = [:]
    private var takenBack: Set<String> = []
    private var reverted: (@Sendable (_ from: LoadedScene, _ to: LoadedScene) -> Void)?

    init(_ scenes: [LoadedScene]) { edition = SceneEdition(scenes: scenes) }

    /// What the next frame is looked at with.
    var current: SceneEdition { lock.withLock { edition } }

    /// Loadings whose detectors are worth keeping.
    var ready: Set<ObjectIdentifier> {
        lock.withLock { Set((edition.scenes + previous.values).map { ObjectIdentifier($0.token) }) }
    }

    /// From the next frame on a position is looked at with another scene.
    func replace(_ position: Int, with scene: LoadedScene) {
        lock.withLock {
            previous[position] = edition.scenes[position]
            edition.scenes[position] = scene
            edition.number += 1
        }
    }

    /// Told when a scene is taken back because its scores are not numbers.
    func whenReverted(_ tell: @escaping @Sendable (_ from: LoadedScene, _ to: LoadedScene) -> Void) {
        lock.withLock { reverted = tell }
    }

    /// Whether a version with this digest was taken back; it is not tried again until the next start or hang-up.
    func wasTakenBack(_ digest: String) -> Bool { lock.withLock { takenBack.contains(digest) } }

    /// Whether there is another version to look with instead of this one.
    func hasEarlier(_ scene: LoadedScene) -> Bool {
        lock.withLock {
            guard let position = edition.scenes.firstIndex(where: { $0.token === scene.token }) else { return true }
            return previous[position] != nil
        }
    }

    /// Takes back a scene that gave scores that are not finite; only the one that is in use, and only once.
    ///
    /// - Returns: the scene to look with instead; nil where there is none.
    func revert(_ position: Int, from scene: LoadedScene) -> LoadedScene? {
        let (before, tell) = lock.withLock { () -> (LoadedScene?, (@Sendable (LoadedScene, LoadedScene) -> Void)?) in
            guard edition.scenes[position].token === scene.token else {
                // Another thread was faster.
                return (edition.scenes[position], nil)
            }
            guard let before = previous.removeValue(forKey: position) else { return (nil, nil) }
            takenBack.insert(scene.lineage.scene.digest)
            edition.scenes[position] = before
            edition.number += 1
            return (before, reverted)
        }
        if let before { tell?(scene, before) }
        return before
    }
}
