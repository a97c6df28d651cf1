import Foundation
import Integrity
import ModelBundles
import SceneTraining
import ShrikeCore

/// Which pictures two versions of a scene have together, and what they have in common, which must count once.
struct SceneMerge {
    let record: TeachingRecord
    /// A version with just the pictures that both have; nil where they have none in common.
    let common: TaughtScene?
    /// Pictures that the other one brings.
    let added: Int

    /// - Throws: ``AgentError`` where the versions contradict each other, or no version of just the common pictures is here.
    init(_ record: TeachingRecord, with other: TaughtScene, desk: ModelDesk) throws(AgentError) {
        let place = other.chain.top.manifest.reference
        guard record.task == other.record.task, record.normalClass == other.record.normalClass else {
            throw AgentError("the versions learn different things", at: place, remedy: "merge versions of one scene")
        }
        let mine = Dictionary(uniqueKeysWithValues: record.pictures.map { ($0.digest, $0) })
        let shared = other.record.pictures.filter { mine[$0.digest] != nil }
        if let picture = shared.first(where: { mine[$0.digest]?.label != $0.label }) {
            throw AgentError(
                "picture \(picture.name) has another label in each version", at: place,
                remedy: "correct it in one of them with `shrike scene teach` first")
        }
        let fresh = other.record.pictures.filter { mine[$0.digest] == nil }
        guard !fresh.isEmpty else {
            throw AgentError("brings no new picture", at: place, remedy: "there is nothing to merge")
        }
        self.record = TeachingRecord(
            task: record.task, normalClass: record.normalClass,
            increments: record.increments + other.record.increments.filter { !record.increments.contains($0) },
            pictures: record.pictures + fresh)
        added = fresh.count
        common =
            shared.isEmpty
            ? nil : try Self.version(of: other.name, with: Set(shared.map(\.digest)), desk: desk, place: place)
    }

    /// The version that both grew from has just the pictures that both have.
    private static func version(
        of name: String, with digests: Set<SHA256Digest>, desk: ModelDesk, place: String
    ) throws(AgentError) -> TaughtScene {
        let store = try desk.store()
        let names = try translating { try store.layout.index().names.filter { BundleAddress.isReference($0) } }
        for reference in names {
            guard let chain = try? desk.resolve(reference), chain.top.manifest.level == .l2,
                let scene = try? TaughtScene(chain), Set(scene.record.pictures.map(\.digest)) == digests
            else { continue }
            return scene
        }
        throw AgentError(
            "both versions have \(digests.count) pictures in common, and no version with just these is here", at: place,
            remedy: "pull the version that both grew from (`shrike scene show --json` lists pictures), then merge again"
        )
    }
}
