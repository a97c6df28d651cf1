import Integrity
public import ShrikeCore

/// A bundle with all it rides on: a scene with its adaptation and base, or any of these alone.
public struct BundleChain: Sendable {
    public let top: ModelBundle
    /// Nearest first.
    public let parents: [ModelBundle]

    init(top: ModelBundle, parents: [ModelBundle]) { (self.top, self.parents) = (top, parents) }

    public var bundles: [ModelBundle] { [top] + parents }

    /// The base (L0) of the chain; nil for a scene that stands alone.
    public var base: ModelBundle? { bundles.first { $0.manifest.level == .l0 } }

    /// The adaptation (L1) of the chain, where there is one.
    public var adaptation: ModelBundle? { bundles.first { $0.manifest.level == .l1 } }

    /// Names and digests, for alerts.
    public var lineage: Lineage { Lineage(scene: top.identity, parents: parents.map(\.identity)) }

    /// Follows parents by digest.
    ///
    /// - Parameter elsewhere: where parents are looked for besides the bundle's own place, in order.
    /// - Throws: ``BundleError`` with both digests where a parent is missing or is another one than was meant.
    public static func resolve(
        _ top: ModelBundle, elsewhere: [any BlobSource] = []
    ) throws(BundleError) -> BundleChain {
        var parents: [ModelBundle] = []
        var current = top
        while let digest = current.manifest.parent {
            let sources = [current.source] + elsewhere
            guard let source = sources.first(where: { $0.size(of: digest) != nil }) else {
                throw missing(of: current, in: sources)
            }
            let parent = try source.bundle(digest)
            let isFitting = current.manifest.level == .l2 ? parent.manifest.level != .l2 : parent.manifest.level == .l0
            guard isFitting else {
                throw BundleError(
                    "wrong parent: \(describe(current)) rides on \(describe(parent)), which is no base or adaptation",
                    at: current.source.place, remedy: "make the bundle again on a base")
            }
            parents.append(parent)
            current = parent
        }
        return BundleChain(top: top, parents: parents)
    }

    private static func missing(of bundle: ModelBundle, in sources: [any BlobSource]) -> BundleError {
        let wanted = bundle.manifest.parent.map(\.description) ?? ""
        let name = bundle.manifest.parentName ?? "its parent"
        for source in sources {
            guard let name = bundle.manifest.parentName,
                let other = (try? source.index())?.manifest(named: name)
            else { continue }
            return BundleError(
                "wrong parent: \(describe(bundle)) needs \(name) \(wanted), but \(name) here is \(other.digest)",
                at: source.place,
                remedy: "pull the bundle again with its parent, or make it again on the base that is here"
            )
        }
        return BundleError(
            "missing parent: \(describe(bundle)) needs \(name) \(wanted), which is not here",
            at: bundle.source.place, remedy: "pull the bundle with its parent, or import the base")
    }

    private static func describe(_ bundle: ModelBundle) -> String {
        "\(bundle.manifest.level.rawValue.uppercased()) \(bundle.manifest.reference) \(bundle.digest)"
    }
}
