import Foundation
import Integrity
import ModelBundles
import SceneTraining
import ShrikeCore

extension ModelDesk {
    /// A bundle and what it rides on: sizes, files, data, figures, signatures.
    public func show(_ text: String) throws(AgentError) -> Answer {
        let chain = try resolve(text)
        var lines: [String] = []
        var documents: [JSONValue] = []
        for (depth, bundle) in chain.bundles.enumerated() {
            let described = try translating { try Self.describe(bundle, keys: access.policy.keys) }
            let indent = String(repeating: "  ", count: depth) + (depth > 0 ? "rides on " : "")
            lines.append(indent + described.lines[0])
            lines += described.lines.dropFirst().map { String(repeating: "  ", count: depth + 1) + $0 }
            documents.append(described.json)
        }
        return Answer(text: lines.joined(separator: "\n"), json: .object(["chain": .array(documents)]))
    }

    private static func describe(
        _ bundle: ModelBundle, keys: [TrustPolicy.Key]
    ) throws -> (lines: [String], json: JSONValue) {
        let manifest = bundle.manifest
        var lines = [
            "\(manifest.level.rawValue.uppercased()) \(manifest.reference)  \(bytes(manifest.size))  \(bundle.digest)"
        ]
        for layer in manifest.layers {
            lines.append("\(layer.file ?? "")  \(bytes(layer.size))  \(String(layer.digest.hex.prefix(12)))")
        }
        for (key, name) in [
            (BundleAnnotation.input, "input"), (BundleAnnotation.taps, "taps"),
            (BundleAnnotation.precision, "precision"), (BundleAnnotation.data, "data"),
            (BundleAnnotation.metrics, "metrics"),
        ] {
            if let value = manifest.annotations[key] { lines.append("\(name): \(value)") }
        }
        if manifest.level == .l2, let scene = try? SceneLoader.definition(of: bundle, at: manifest.reference) {
            lines.append("classes: \(scene.classes.map(\.code).joined(separator: ", "))")
        }
        let taught = try TaughtScene.record(of: bundle)
        if let taught {
            lines.append("taught: \(taught.task.rawValue), \(TeachingCard.data(taught))")
        }
        if let golden = try GoldenSet(of: bundle) {
            lines.append("golden: \(golden.pictures.count) pictures, made with \(golden.precision)")
        }
        let signatures = try BundleSignature.all(of: bundle.digest, in: bundle.source)
        let names = signatures.map { signature in
            keys.first { signature.isValid(for: bundle.digest, key: $0.key) }?.name ?? "a key that is not named here"
        }
        lines.append("signatures: \(names.isEmpty ? "none" : names.joined(separator: ", "))")
        let json = JSONValue.object(compacting: [
            "taught": taught?.json, "level": .string(manifest.level.rawValue), "name": .string(manifest.name),
            "version": .string(manifest.version), "digest": .string(bundle.digest.description),
            "size": .integer(manifest.size), "signatures": .array(names.map { .string($0) }),
            "annotations": .object(manifest.annotations.mapValues { .string($0) }),
            "files": .array(
                manifest.layers.map {
                    .object([
                        "file": .string($0.file ?? ""), "size": .integer($0.size),
                        "digest": .string($0.digest.description),
                    ])
                }),
        ])
        return (lines, json)
    }

    static func bytes(_ count: Int64) -> String {
        count < 10_000
            ? "\(count) B"
            : count < 10_000_000
                ? "\(JSONValue.number(Double(count) / 1000, decimals: 1).canonicalText) kB"
                : "\(JSONValue.number(Double(count) / 1e6, decimals: 1).canonicalText) MB"
    }

    /// All scenes of the store with their versions; the active one and the one before are marked.
    public func listScenes() throws(AgentError) -> Answer { try list([.l2], marksActive: true) }

    /// All bases and adaptations of the store.
    public func listBases() throws(AgentError) -> Answer { try list([.l0, .l1], marksActive: false) }

    private func list(_ levels: Set<ModelIdentity.Level>, marksActive: Bool) throws(AgentError) -> Answer {
        try translating {
            let store = try store()
            var lines: [String] = []
            var documents: [JSONValue] = []
            for entry in try store.layout.index().manifests {
                guard let name = entry.annotations[BundleAnnotation.referenceName], !name.hasSuffix(".sig"),
                    let bundle = try? store.layout.bundle(entry.digest), levels.contains(bundle.manifest.level)
                else { continue }
                let active = marksActive ? try? store.active(bundle.manifest.name) : nil
                let mark =
                    active?.current == bundle.digest ? "active" : active?.previous == bundle.digest ? "previous" : ""
                let size = Self.bytes(bundle.manifest.size)
                lines.append(
                    [
                        bundle.manifest.reference, size, bundle.digest.description,
                        bundle.manifest.parentName.map { "on \($0)" } ?? "", mark,
                    ].filter { !$0.isEmpty }.joined(separator: "  "))
                documents.append(
                    .object(compacting: [
                        "name": .string(bundle.manifest.name), "version": .string(bundle.manifest.version),
                        "level": .string(bundle.manifest.level.rawValue),
                        "digest": .string(bundle.digest.description), "size": .integer(bundle.manifest.size),
                        "parent": bundle.manifest.parentName.map { .string($0) },
                        "state": mark.isEmpty ? nil : .string(mark),
                    ]))
            }
            let text = lines.isEmpty ? "no models in \(store.path)" : lines.joined(separator: "\n")
            return Answer(
                text: text, json: .object(["store": .string(store.path), "models": .array(documents)]))
        }
    }
}
