import Foundation
import Integrity
import ShrikeCore

extension ModelStore {
    private func activePath(_ name: String) -> String { "\(path)/active/\(name)" }

    /// The version of a scene that is active; nil where none ever was.
    ///
    /// - Throws: ``BundleError`` where the pointer cannot be read.
    public func active(_ name: String) throws(BundleError) -> ActiveVersion? {
        guard LayerName.isIdentifier(name) else {
            throw BundleError("'\(name)' is no name of a scene", at: path, remedy: "see `shrike scene list`")
        }
        let file = activePath(name)
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        let bytes = try FolderLayout.small(file, maximumBytes: 1 << 12)
        guard let document = try? JSONValue(parsing: bytes), let version = ActiveVersion(document) else {
            throw BundleError(
                "pointer to the active version is damaged", at: file, remedy: "activate a version again")
        }
        return version
    }

    /// Names of scenes that have an active version, sorted.
    public var activeNames: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/active")) ?? [])
            .filter { LayerName.isIdentifier($0) && !$0.hasSuffix(".part") }.sorted()
    }

    /// Makes a bundle of the store the active version of its name, in one step: the pointer is the old or the new one,
    /// whatever happens in between, and all it points to is flushed to disk before.
    ///
    /// Whether the bundle is good is for ``BundleVerifier`` to say before.
    public func activate(_ chain: BundleChain) throws(BundleError) {
        let name = chain.top.manifest.name
        try DurableFile.makeFolder("\(path)/active")
        try layout.withLock { () throws(BundleError) in
            let old = try? active(name)
            if old?.current == chain.top.digest { return }
            let version = ActiveVersion(current: chain.top.digest, previous: old?.current)
            try DurableFile.write(Data(version.json.canonicalText.utf8), to: activePath(name))
        }
    }

    /// Makes the version before the active one active again, in one step.
    ///
    /// - Throws: ``BundleError`` where there is none.
    @discardableResult
    public func rollBack(_ name: String) throws(BundleError) -> ActiveVersion {
        try DurableFile.makeFolder("\(path)/active")
        return try layout.withLock { () throws(BundleError) in
            guard let old = try active(name), let previous = old.previous else {
                throw BundleError(
                    "no version of \(name) was active before", at: path, remedy: "activate one: see `shrike scene list`"
                )
            }
            let version = ActiveVersion(current: previous, previous: old.current)
            try DurableFile.write(Data(version.json.canonicalText.utf8), to: activePath(name))
            return version
        }
    }

    /// Gives the top of a chain and its parents their names in the index: what makes a pulled bundle found by name.
    ///
    /// - Parameter replaces: lets a name that stands for other content move; refused otherwise.
    public func name(_ chain: BundleChain, replaces: Bool) throws(BundleError) {
        let index = try layout.index()
        for bundle in chain.bundles {
            let reference = bundle.manifest.reference
            if let other = index.manifest(named: reference), other.digest != bundle.digest, !replaces {
                throw BundleError(
                    "\(reference) is \(bundle.digest) there, but \(other.digest) here", at: path,
                    remedy: "a version is one content: publish under a new version, or take it with --replace")
            }
        }
        for bundle in chain.bundles.reversed() {
            guard let size = layout.size(of: bundle.digest) else { continue }
            let entry = BlobDescriptor(
                mediaType: ModelPackType.imageManifest, digest: bundle.digest, size: size,
                artifactType: ModelPackType.artifact)
            try layout.name(entry, as: bundle.manifest.reference)
        }
    }
}
