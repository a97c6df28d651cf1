import BackboneImport
import Detection
import Foundation
import Inference
import Integrity
import ModelBundles
public import ShrikeCore

/// `shrike base list` and `shrike base show`.
public struct BaseCatalog: Sendable {
    public struct Result: Sendable {
        public var json: JSONValue
        public var text: String
        /// A form gives other features here than where it was made.
        public var differs = false
    }

    private let path: String?

    /// - Parameter store: folder of the models; nil takes the usual one.
    public init(store: String?) { path = store }

    /// Bases and adaptations of the store, by name.
    ///
    /// - Throws: ``AgentError``.
    public func list() async throws -> Result {
        try await BlockingThread(label: "list").run {
            let store = try translating { try ModelStore(path ?? ModelStore.defaultPath()) }
            var entries: [JSONValue] = []
            var lines: [String] = []
            let names = try translating { try store.layout.index().names.filter { BundleAddress.isReference($0) } }
            for name in names.sorted() {
                let chain = try translating { try store.resolve(.reference(name)) }
                let bundle = chain.top
                guard bundle.manifest.level != .l2 else { continue }
                let bytes = bundle.manifest.layers.reduce(0) { $0 + $1.size }
                let forms = bundle.manifest.annotations[BundleAnnotation.precision] ?? ""
                entries.append(
                    .object(compacting: [
                        "reference": .string(name), "level": .string(bundle.manifest.level.rawValue),
                        "digest": .string(bundle.digest.description), "bytes": .integer(Int64(bytes)),
                        "forms": forms.isEmpty ? nil : .string(forms),
                        "base": bundle.manifest.parentName.map { .string($0) },
                    ]))
                var parts = [bundle.manifest.level.rawValue, name, megabytes(bytes)]
                if !forms.isEmpty { parts.append(forms) }
                if let base = bundle.manifest.parentName { parts.append("on " + base) }
                parts.append(bundle.digest.description)
                lines.append(parts.joined(separator: "  "))
            }
            return Result(
                json: .object([
                    "schema": .string("shrike.bases/1"), "store": .string(store.path), "bases": .array(entries),
                ]),
                text: lines.isEmpty
                    ? "no base in \(store.path); shrike base import makes one" : lines.joined(separator: "\n"))
        }
    }

    /// A base, and how its features here compare with those where it was made.
    ///
    /// - Throws: ``AgentError``.
    public func show(_ address: String, engine: GatewayConfiguration.Engine) async throws -> Result {
        try await BlockingThread(label: "show").run { try translating { try shown(address, engine) } }
    }

    private func shown(_ address: String, _ engine: GatewayConfiguration.Engine) throws -> Result {
        let store = try ModelStore(path ?? ModelStore.defaultPath())
        guard let parsed = BundleAddress(address) else {
            throw AgentError("no such base", at: address, remedy: "name one of shrike base list, or a bundle's folder")
        }
        let chain = try store.take(try store.resolve(parsed))
        guard let files = try BackboneFiles(chain, in: store), let base = chain.base else {
            throw AgentError("has no base", at: address, remedy: "name a base, an adaptation or a scene on one")
        }
        let description = files.description
        var lines = [
            "\(base.manifest.level.rawValue)  \(base.manifest.reference)  \(base.digest)",
            "  \(description.architecture), from \(description.source), \(description.license.isEmpty ? "license not stated" : description.license)",
            "  input \(description.input.width)x\(description.input.height) \(description.input.channels.rawValue)"
                + (description.input.isFixed ? "" : ", any size"),
        ]
        for tap in description.taps {
            let cosine = description.int8Cosine[tap.name].map {
                "; int8 cosine \(JSONValue.number($0, decimals: 4).canonicalText)"
            }
            lines.append("  \(tap.name)  stride \(tap.stride), \(tap.channels) channels\(cosine ?? "")")
        }
        var differs = false
        var forms: [String: JSONValue] = [:]
        let golden = try GoldenFeatures(base.document(GoldenFeatures.file))
        for precision in files.precisions {
            let verdict = try parity(precision, files, golden: golden, engine)
            differs = differs || verdict.differs
            forms[precision.rawValue] = .object(compacting: [
                "worst_difference": verdict.worst.map { .number($0, decimals: 6) }, "ok": .bool(!verdict.differs),
                "engine": .string(verdict.engine),
            ])
            lines.append("  \(precision.rawValue): \(verdict.text)")
        }
        return Result(
            json: .object([
                "schema": .string("shrike.base/1"), "reference": .string(base.manifest.reference),
                "digest": .string(base.digest.description), "forms": .object(forms), "base": description.json,
            ]), text: lines.joined(separator: "\n"), differs: differs)
    }

    private struct Parity {
        var worst: Double?
        var differs: Bool
        var engine: String
        var text: String
    }

    private func parity(
        _ precision: BaseDescription.Precision, _ files: BackboneFiles, golden: GoldenFeatures?,
        _ engine: GatewayConfiguration.Engine
    ) throws -> Parity {
        let backbone = try HeadSceneLoading.backbone(
            files, precision: precision == .int8 ? .int8 : .fp32, taps: files.description.taps.map(\.name), input: nil,
            settings: NetworkSettings(
                engine: NetworkSettings.Engine(rawValue: engine.choice.rawValue) ?? .auto, enginePath: engine.folder))
        let name = "\(backbone.network.engine.title) \(backbone.network.engineVersion)"
        // An adapted network gives other features on purpose.
        guard !files.key.contains("+"), let worst = try golden?.worstDifference(backbone, form: precision.rawValue)
        else {
            return Parity(
                worst: nil, differs: false, engine: name, text: "runs on \(name); nothing recorded to compare with")
        }
        let limit = GoldenFeatures.tolerance(of: precision.rawValue)
        let part = JSONValue.number(worst, decimals: 6).canonicalText
        let verdict = worst <= limit ? "as where it was made" : "NOT as where it was made"
        return Parity(
            worst: worst, differs: !(worst <= limit), engine: name,
            text: "\(verdict) on \(name) (largest difference \(part) of a map's largest value, allowed \(limit))")
    }

    private func megabytes(_ bytes: Int64) -> String {
        JSONValue.number(Double(bytes) / 1e6, decimals: 1).canonicalText + " MB"
    }
}
