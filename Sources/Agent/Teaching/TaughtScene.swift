import Foundation
import Integrity
import ModelBundles
import SceneTraining
import ShrikeCore

/// A version of a scene that can be taught on: with the record of its pictures and, where it learned in closed form, the sums.
struct TaughtScene: Sendable {
    let chain: BundleChain
    let definition: SceneDefinition
    /// `scene.json` as it is, so that what a person set in it goes on.
    let document: JSONValue
    let record: TeachingRecord
    private let sums: TensorFile?

    /// - Throws: ``AgentError`` for what is no scene, or was not taught.
    init(_ chain: BundleChain) throws(AgentError) {
        let bundle = chain.top
        let place = bundle.manifest.reference
        guard bundle.manifest.level == .l2 else {
            throw AgentError("is no scene", at: place, remedy: "name a scene (L2)")
        }
        guard let record = try translating({ try Self.record(of: bundle) }) else {
            throw AgentError(
                "was not taught and cannot be taught on", at: place, remedy: "teach a new one with `shrike scene new`")
        }
        self = try translating {
            TaughtScene(
                chain: chain, definition: try SceneLoader.definition(of: bundle, at: place),
                document: try bundle.document(SceneLoader.documentFile),
                record: record,
                sums: bundle.has(TeachingRecord.statisticsFile)
                    ? try bundle.tensors(TeachingRecord.statisticsFile) : nil)
        }
    }

    private init(
        chain: BundleChain, definition: SceneDefinition, document: JSONValue, record: TeachingRecord,
        sums: TensorFile?
    ) {
        (self.chain, self.definition, self.document) = (chain, definition, document)
        (self.record, self.sums) = (record, sums)
    }

    /// What a bundle was taught with; nil where it was not.
    static func record(of bundle: ModelBundle) throws -> TeachingRecord? {
        guard bundle.has(TeachingRecord.file) else { return nil }
        let text = try bundle.data(TeachingRecord.file, maximumBytes: TeachingRecord.maximumBytes)
        return try TeachingRecord(
            JSONValue(parsing: text, maximumBytes: TeachingRecord.maximumBytes), at: bundle.manifest.reference)
    }

    var name: String { chain.top.manifest.name }

    /// Sums of what it learned.
    ///
    /// - Throws: ``AgentError`` where it carries none.
    func statistics() throws(AgentError) -> TensorFile {
        guard let sums else {
            throw AgentError(
                "carries no sums to go on from", at: chain.top.manifest.reference,
                remedy: "use a version that has them, or teach a new scene")
        }
        return sums
    }
}

extension ModelDesk {
    /// The address of the version of a scene that a text names; a name alone means its active version, else the newest one.
    ///
    /// - Throws: ``AgentError`` where there is none of that name.
    public func sceneAddress(_ text: String) throws(AgentError) -> String {
        guard LayerName.isIdentifier(text) else { return text }
        let store = try store()
        if let active = try translating({ try store.active(text) }) { return active.current.description }
        guard let version = try versions(of: text).last else {
            throw AgentError("no scene '\(text)'", at: store.path, remedy: "see `shrike scene list`")
        }
        return "\(text):\(version)"
    }

    /// The version of a scene that a text names, see ``sceneAddress(_:)``.
    func taughtScene(_ text: String) throws(AgentError) -> TaughtScene {
        try TaughtScene(resolve(sceneAddress(text)))
    }

    /// Versions of a scene in the store, whole numbers in order before them all others by text.
    func versions(of name: String) throws(AgentError) -> [String] {
        let store = try store()
        let names = try translating { try store.layout.index().names }
        return names.filter { $0.hasPrefix(name + ":") }.map { String($0.dropFirst(name.count + 1)) }
            .sorted { (Int($0) ?? -1, $0) < (Int($1) ?? -1, $1) }
    }

    /// The version after all whole-numbered ones.
    func nextVersion(of name: String) throws(AgentError) -> String {
        String((try versions(of: name).compactMap { Int($0) }.max() ?? 0) + 1)
    }
}
