public import Foundation
import Integrity
import ShrikeCore

/// `index.json` of an OCI image layout: manifests and the names they go by.
public struct LayoutIndex: Hashable, Sendable {
    /// Larger indexes are refused unread.
    static let maximumBytes = 4 << 20

    public var manifests: [BlobDescriptor]

    public init(manifests: [BlobDescriptor] = []) { self.manifests = manifests }

    /// The manifest of this name.
    public func manifest(named name: String) -> BlobDescriptor? {
        manifests.last { $0.annotations[BundleAnnotation.referenceName] == name }
    }

    /// All names, sorted.
    public var names: [String] {
        Set(manifests.compactMap { $0.annotations[BundleAnnotation.referenceName] }).sorted()
    }

    /// Gives a manifest a name, which no other keeps.
    public mutating func set(_ manifest: BlobDescriptor, named name: String) {
        manifests.removeAll { $0.annotations[BundleAnnotation.referenceName] == name }
        var entry = manifest
        entry.annotations[BundleAnnotation.referenceName] = name
        manifests.append(entry)
        manifests.sort { Self.order($0) < Self.order($1) }
    }

    private static func order(_ entry: BlobDescriptor) -> String {
        "\(entry.annotations[BundleAnnotation.referenceName] ?? "") \(entry.digest)"
    }

    public var bytes: Data {
        let document = JSONValue.object([
            "schemaVersion": .integer(2), "mediaType": .string("application/vnd.oci.image.index.v1+json"),
            "manifests": .array(manifests.map(\.json)),
        ])
        return Data(document.canonicalText.utf8)
    }

    init(parsing bytes: Data, at place: String) throws(BundleError) {
        let remedy = "name an OCI image layout, or copy it again"
        let document: JSONValue
        do { document = try JSONValue(parsing: bytes, maximumBytes: Self.maximumBytes) } catch {
            throw BundleError("index.json cannot be read: \(error)", at: place, remedy: remedy)
        }
        guard document["schemaVersion"]?.integerValue == 2, let list = document["manifests"]?.arrayValue else {
            throw BundleError("index.json is no OCI image index", at: place, remedy: remedy)
        }
        var manifests: [BlobDescriptor] = []
        for element in list { manifests.append(try BlobDescriptor(element, at: place)) }
        self.manifests = manifests
    }

    /// Content of `oci-layout`.
    static let marker = Data(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)

    /// Refuses layouts of another version.
    static func checkMarker(_ bytes: Data, at place: String) throws(BundleError) {
        guard let document = try? JSONValue(parsing: bytes, maximumBytes: 1 << 12),
            document["imageLayoutVersion"]?.stringValue == "1.0.0"
        else {
            throw BundleError(
                "not an OCI image layout of version 1.0.0", at: place,
                remedy: "name a folder or tar with oci-layout, index.json and blobs/")
        }
    }
}
