public import Foundation
import Glibc
import Integrity
import ShrikeCore

/// The models of a gateway or a desk: one OCI image layout, and beside it what is made from bundles and can be made again.
public struct ModelStore: Sendable {
    public let layout: FolderLayout

    public var path: String { layout.path }

    /// Opens a store, and makes an empty one where there is none yet.
    public init(_ path: String) throws(BundleError) { layout = try FolderLayout(creating: path) }

    /// Where commands keep models: `SHRIKE_MODELS`, else `shrike/models` in the user's data folder (XDG).
    public static func defaultPath(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        if let path = environment["SHRIKE_MODELS"], !path.isEmpty { return path }
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/shrike/models" }
        return (environment["HOME"] ?? ".") + "/.local/share/shrike/models"
    }

    /// Finds a bundle and all it rides on; parents of a bundle on a stick may be in the store.
    ///
    /// - Throws: ``BundleError`` where nothing is there, or more than one thing, or the chain is broken.
    public func resolve(_ address: BundleAddress) throws(BundleError) -> BundleChain {
        try BundleChain.resolve(bundle(address), elsewhere: [layout])
    }

    /// Finds a bundle without what it rides on.
    public func bundle(_ address: BundleAddress) throws(BundleError) -> ModelBundle {
        switch address {
        case .digest(let digest): return try layout.bundle(digest)
        case .reference(let name): return try bundle(named: name, in: layout)
        case .layout(let path, let name):
            let source = try BundleAddress.open(path)
            guard let name else { return try Self.onlyTop(of: source) }
            return try bundle(named: name, in: source)
        }
    }

    /// Copies a chain into the store, each blob verified; what is there stays. Names are set last.
    ///
    /// - Returns: the same chain, read from the store.
    public func take(_ chain: BundleChain) throws(BundleError) -> BundleChain {
        let taken = try takeBlobs(chain)
        for bundle in chain.bundles.reversed() where !isHere(bundle) {
            guard let size = layout.size(of: bundle.digest) else { continue }
            let entry = BlobDescriptor(
                mediaType: ModelPackType.imageManifest, digest: bundle.digest, size: size,
                artifactType: ModelPackType.artifact)
            try layout.name(entry, as: bundle.manifest.reference)
        }
        return taken
    }

    /// Copies a chain into the store without giving it a name there; see ``name(_:replaces:)``.
    public func takeBlobs(_ chain: BundleChain) throws(BundleError) -> BundleChain {
        for bundle in chain.bundles.reversed() where !isHere(bundle) { try takeBlobs(bundle) }
        return try BundleChain.resolve(layout.bundle(chain.top.digest))
    }

    private func isHere(_ bundle: ModelBundle) -> Bool {
        (bundle.source as? FolderLayout)?.path == layout.path
    }

    private func takeBlobs(_ bundle: ModelBundle) throws(BundleError) {
        for blob in bundle.manifest.blobs { try layout.take(blob.digest, size: blob.size, from: bundle.source) }
        let bytes = try bundle.source.manifestBytes(bundle.digest)
        try layout.write(bytes, mediaType: ModelPackType.imageManifest)
        try takeSignatures(of: bundle)
    }

    private func takeSignatures(of bundle: ModelBundle) throws(BundleError) {
        guard let found = try BundleSignature.blobs(of: bundle.digest, in: bundle.source) else { return }
        for blob in [found.manifest] + found.blobs {
            try layout.take(blob.digest, size: blob.size, from: bundle.source)
        }
        try layout.name(found.manifest, as: SimpleSigning.tag(of: bundle.digest))
    }

    private func bundle(named name: String, in source: any BlobSource) throws(BundleError) -> ModelBundle {
        let index = try source.index()
        guard let entry = index.manifest(named: name) else {
            let known = index.names.filter { BundleAddress.isReference($0) }
            throw BundleError(
                "no bundle \(name)", at: source.place,
                remedy: known.isEmpty ? "pull or import one first" : "known: \(known.joined(separator: ", "))")
        }
        return try source.bundle(entry.digest)
    }

    /// The bundle of a layout that no other one there rides on.
    static func onlyTop(of source: any BlobSource) throws(BundleError) -> ModelBundle {
        var bundles: [SHA256Digest: ModelBundle] = [:]
        var firstError: BundleError?
        for entry in try source.index().manifests {
            if entry.annotations[BundleAnnotation.referenceName]?.hasSuffix(".sig") == true { continue }
            if let type = entry.artifactType, type != ModelPackType.artifact { continue }
            do { bundles[entry.digest] = try source.bundle(entry.digest) } catch { firstError = firstError ?? error }
        }
        let parents = Set(bundles.values.compactMap(\.manifest.parent))
        let tops = bundles.values.filter { !parents.contains($0.digest) }
        if tops.isEmpty, let firstError { throw firstError }
        guard tops.count == 1, let top = tops.first else {
            let names = tops.map(\.manifest.reference).sorted().joined(separator: ", ")
            throw BundleError(
                tops.isEmpty ? "holds no bundle" : "holds several bundles: \(names)", at: source.place,
                remedy: tops.isEmpty ? "name a layout with a bundle" : "name one as oci:\(source.place):NAME:VERSION")
        }
        return top
    }

    /// A verified file of a bundle under its own name, for programs that look at a name's ending.
    ///
    /// A hard link beside the layout; made again where it is gone.
    public func file(_ name: String, of bundle: ModelBundle) throws(BundleError) -> String {
        let layer = try bundle.layer(name)
        let blob = try layout.verifiedPath(layer.digest, size: layer.size)
        let folder = "\(path)/files/\(layer.digest.hex)"
        let file = "\(folder)/\(name.split(separator: "/").last.map(String.init) ?? name)"
        if Self.isSameFile(file, blob) { return file }
        try DurableFile.makeFolder(folder)
        let part = "\(folder)/.\(ProcessInfo.processInfo.processIdentifier).\(UInt32.random(in: 0 ... .max)).part"
        do { try FileManager.default.linkItem(atPath: blob, toPath: part) } catch {
            do { try FileManager.default.copyItem(atPath: blob, toPath: part) } catch {
                throw BundleError("file cannot be made", at: file, remedy: "is the disk full?")
            }
        }
        try DurableFile.move(part, to: file)
        return file
    }

    private static func isSameFile(_ a: String, _ b: String) -> Bool {
        var (first, second) = (stat(), stat())
        return lstat(a, &first) == 0 && lstat(b, &second) == 0 && first.st_ino == second.st_ino
            && first.st_dev == second.st_dev
    }
}
