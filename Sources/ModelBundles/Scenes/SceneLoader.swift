import Foundation
import Integrity
public import ShrikeCore

/// Finds and reads a scene where a person said it is.
public enum SceneLoader {
    /// Largest `scene.json` and label file that is read.
    private static let maximumDocumentBytes = 4 << 20

    /// Reads a folder with `scene.json`, or an ONNX network on its own.
    ///
    /// A network on its own becomes a scene of its file's name; class names are read from `<name>.names` beside it (one a
    /// line), and otherwise from the network itself when it is opened: `classes` is empty then.
    ///
    /// - Throws: ``BundleError`` with every mistake of the document.
    public static func load(from path: String) throws(BundleError) -> SceneBundle {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw BundleError(
                "no such scene", at: path,
                remedy: "name a folder with scene.json, an .onnx file, or builtin:thermal-solar")
        }
        if isFolder.boolValue { return try loadFolder(path) }
        switch URL(filePath: path).pathExtension.lowercased() {
        case "onnx": return try loadNetwork(path)
        case "json": return try loadFolder(URL(filePath: path).deletingLastPathComponent().path)
        default:
            throw BundleError("not a scene", at: path, remedy: "name a folder with scene.json, or an .onnx file")
        }
    }

    /// A scene that is part of the program, as a bundle.
    public static func bundle(_ definition: SceneDefinition, document: String) -> SceneBundle {
        SceneBundle(definition: definition, lineage: lineage(definition, digest: SHA256Digest(ofUTF8: document)))
    }

    private static func loadFolder(_ path: String) throws(BundleError) -> SceneBundle {
        let documentPath = path + "/scene.json"
        let bytes = try read(documentPath, remedy: "a scene folder holds scene.json and the files it names")
        let document: JSONValue
        do { document = try JSONValue(parsing: bytes, maximumBytes: maximumDocumentBytes) } catch {
            throw BundleError(error.description, at: documentPath, remedy: "correct the file")
        }
        switch SceneDocument.parse(document) {
        case .failure(let error):
            throw BundleError(
                error.problems.map(\.description).joined(separator: "; "), at: documentPath,
                remedy: error.problems.count == 1 ? "correct this key" : "correct these \(error.problems.count) keys")
        case .success(let definition):
            let network = definition.detector.network.map { path + "/" + $0 }
            let heads = definition.kind == .heads ? path + "/" + definition.heads.file : nil
            var digest = SHA256Digest(of: bytes)
            for file in [network, heads].compactMap(\.self) {
                digest = SHA256Digest(ofUTF8: "\(digest)\n\(try fileDigest(file))\n")
            }
            var bundle = SceneBundle(
                definition: definition, lineage: lineage(definition, digest: digest), networkPath: network)
            bundle.headsPath = heads
            return bundle
        }
    }

    private static func loadNetwork(_ path: String) throws(BundleError) -> SceneBundle {
        let url = URL(filePath: path)
        let stem = url.deletingPathExtension().lastPathComponent
        let labels = url.deletingLastPathComponent().path + "/\(stem).names"
        var classes: [ClassDefinition] = []
        if FileManager.default.fileExists(atPath: labels) {
            let text = String(decoding: try read(labels, remedy: "one class name a line"), as: UTF8.self)
            classes = text.split(whereSeparator: \.isNewline).map {
                let name = $0.trimmingCharacters(in: .whitespaces)
                return ClassDefinition(code: ClassDefinition.code(from: name), names: ["en": name])
            }
        }
        var definition = SceneDefinition(
            name: topicSafe(stem), version: "1", kind: .detector, classes: classes,
            detector: DetectorSettings(network: url.lastPathComponent))
        definition.tiling = Tiling(mode: .auto)
        return SceneBundle(
            definition: definition, lineage: lineage(definition, digest: try fileDigest(path)), networkPath: path)
    }

    private static func topicSafe(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.unicodeScalars.map {
                    $0.isASCII
                        && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.".unicodeScalars.contains($0))
                        ? $0 : "_"
                }))
    }

    private static func lineage(_ definition: SceneDefinition, digest: SHA256Digest) -> Lineage {
        Lineage(
            scene: ModelIdentity(
                level: .l2, name: definition.name, version: definition.version, digest: digest.description))
    }

    private static func read(_ path: String, remedy: String) throws(BundleError) -> Data {
        do {
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            guard size <= maximumDocumentBytes else {
                throw BundleError("file of \(size) bytes is too large", at: path, remedy: remedy)
            }
            return try Data(contentsOf: URL(filePath: path))
        } catch let error as BundleError { throw error } catch {
            throw BundleError("cannot be read", at: path, remedy: remedy)
        }
    }

    private static func fileDigest(_ path: String) throws(BundleError) -> SHA256Digest {
        do { return try SHA256Digest.ofFile(at: path) } catch {
            throw BundleError("file cannot be read", at: path, remedy: "put the file that the scene names there")
        }
    }
}
