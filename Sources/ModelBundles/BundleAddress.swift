import Foundation
public import Integrity

/// How a person names a bundle.
public enum BundleAddress: Hashable, Sendable, CustomStringConvertible {
    /// `sha256:<hex>` in the store.
    case digest(SHA256Digest)
    /// `name:version` in the store.
    case reference(String)
    /// A layout folder or tar, with the name of one of its bundles where it holds several: `PATH` or `oci:PATH:NAME:VERSION`.
    case layout(path: String, reference: String?)

    /// nil where the text names no bundle: a scene folder, a network, anything else.
    ///
    /// What exists as a file comes first, so that a file is never taken for a name.
    public init?(_ text: String) {
        if let digest = SHA256Digest(text) {
            self = .digest(digest)
        } else if text.hasPrefix("oci:") {
            let rest = text.dropFirst(4)
            let colon = rest.firstIndex(of: ":")
            let path = String(colon.map { rest[..<$0] } ?? rest)
            let name = colon.map { String(rest[rest.index(after: $0)...]) }
            self = .layout(path: path, reference: name)
        } else if FolderLayout.isLayout(text) {
            self = .layout(path: text, reference: nil)
        } else if text.lowercased().hasSuffix(".tar") {
            self = .layout(path: text, reference: nil)
        } else if !FileManager.default.fileExists(atPath: text), Self.isReference(text) {
            self = .reference(text)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .digest(let digest): digest.description
        case .reference(let name): name
        case .layout(let path, let name): name.map { "oci:\(path):\($0)" } ?? path
        }
    }

    /// Whether a text has the form `name:version`.
    public static func isReference(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { LayerName.isIdentifier(String($0)) }
            && !["builtin", "camera", "watch"].contains(String(parts[0]))
    }

    /// Opens the layout at a path, folder or tar.
    public static func open(_ path: String) throws(BundleError) -> any BlobSource {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw BundleError("no such bundle", at: path, remedy: "name a folder or a tar with an OCI image layout")
        }
        return isFolder.boolValue ? try FolderLayout(opening: path) : try TarLayout(opening: path)
    }
}
