import Foundation
import Integrity

/// The network of a chain's base, with its adaptation in it: made once and kept by digest.
public struct BackboneFiles: Sendable {
    public let description: BaseDescription
    private let chain: BundleChain
    private let base: ModelBundle
    private let store: ModelStore

    /// - Returns: nil for a chain without a base.
    public init?(_ chain: BundleChain, in store: ModelStore) throws(BundleError) {
        guard let base = chain.base else { return nil }
        (self.chain, self.base, self.store) = (chain, base, store)
        description = try BaseDescription(of: base)
    }

    /// What the network is known by: scenes whose chains give the same key share one pass.
    public var key: String {
        chain.adaptation.map { "\(base.digest)+\($0.digest)" } ?? base.digest.description
    }

    /// Forms there are.
    public var precisions: [BaseDescription.Precision] {
        guard let adaptation = chain.adaptation else { return description.weights.keys.sorted() }
        return adaptation.has(Adaptation.int8File) ? [.fp32, .int8] : [.fp32]
    }

    /// The ONNX file of a form, verified; an adapted one is made where it is not there yet.
    ///
    /// - Throws: ``BundleError`` where the form is missing or the adaptation does not fit.
    public func path(_ precision: BaseDescription.Precision) throws(BundleError) -> String {
        if let adaptation = chain.adaptation {
            if precision == .int8, adaptation.has(Adaptation.int8File) {
                return try store.file(Adaptation.int8File, of: adaptation)
            }
            if precision == .fp32 { return try adapted(adaptation) }
        } else if let form = description.weights[precision] {
            return try store.file(form.file, of: base)
        }
        throw BundleError(
            "no \(precision.rawValue) form of \(base.manifest.reference)"
                + (chain.adaptation.map { " with \($0.manifest.reference)" } ?? ""), at: store.path,
            remedy: "use precision \(precisions.map(\.rawValue).joined(separator: " or "))")
    }

    /// `materialized/<base>-<adaptation>/backbone.onnx`, with its own digest beside it, checked at each use.
    private func adapted(_ adaptation: ModelBundle) throws(BundleError) -> String {
        guard let form = description.weights[.fp32] else {
            throw BundleError(
                "the base has no fp32 form to adapt", at: base.source.place, remedy: "import the base with fp32 weights"
            )
        }
        let folder = "\(store.path)/materialized/\(base.digest.hex.prefix(32))-\(adaptation.digest.hex.prefix(32))"
        let (file, seal) = ("\(folder)/backbone.onnx", "\(folder)/backbone.onnx.sha256")
        if let stated = try? String(contentsOfFile: seal, encoding: .utf8),
            let found = try? SHA256Digest.ofFile(at: file), found.description == stated
        {
            return file
        }
        let network = try base.data(form.file, maximumBytes: 1 << 30)
        let change = try Adaptation(
            adaptation.tensors(Adaptation.file), at: "\(adaptation.manifest.reference) \(Adaptation.file)")
        let bytes = try change.applied(to: network, at: base.manifest.reference)
        try DurableFile.makeFolder(folder)
        try DurableFile.write(bytes, to: file)
        try DurableFile.write(Data(SHA256Digest(of: bytes).description.utf8), to: seal)
        return file
    }
}
