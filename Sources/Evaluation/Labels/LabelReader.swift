public import Foundation
import FoundationXML

/// Reads labelled data in the formats people have; told apart by looking.
public enum LabelReader {
    public enum Format: String, Sendable, CaseIterable { case coco, voc, yolo, labelme, cvat, masks, folders }

    /// Largest label file that is read.
    static let maximumBytes = 256 << 20
    static let maximumFiles = 200_000

    /// - Parameters:
    ///   - location: a COCO JSON file, or a folder of the other formats.
    ///   - format: nil to look.
    /// - Throws: ``EvaluationError`` naming file and line or element.
    public static func read(_ location: URL, format: Format? = nil) throws(EvaluationError) -> LabeledDataset {
        let chosen = if let format { format } else { try self.format(of: location) }
        return switch chosen {
        case .coco: try COCOLabels.read(cocoFile(location))
        case .voc: try VOCLabels.read(location)
        case .yolo: try YOLOLabels.read(location)
        case .labelme: try LabelMeLabels.read(location)
        case .cvat: try CVATLabels.read(cvatFile(location))
        case .masks: try MaskLabels.read(location)
        case .folders: try ClassFolderLabels.read(location)
        }
    }

    /// The format, from `data.yaml`, the kinds of files, and what the first JSON file holds.
    public static func format(of location: URL) throws(EvaluationError) -> Format {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: location.path, isDirectory: &isFolder) else {
            throw EvaluationError("no such file or folder", at: location.path, remedy: "check the path")
        }
        if !isFolder.boolValue {
            switch location.pathExtension.lowercased() {
            case "yaml": return .yolo
            case "xml": return .cvat
            default: return .coco
            }
        }
        if FileManager.default.fileExists(atPath: location.appending(path: "data.yaml").path) { return .yolo }
        let xml = try files(in: location, withExtension: "xml")
        if let first = xml.first { return xml.count == 1 && CVATLabels.isAt(first) ? .cvat : .voc }
        let json = try files(in: location, withExtension: "json")
        if let first = json.first { return try text(first).contains("\"shapes\"") ? .labelme : .coco }
        if MaskLabels.isAt(location) { return .masks }
        if try ClassFolderLabels.isAt(location) { return .folders }
        throw EvaluationError(
            "no labels found", at: location.path,
            remedy:
                "give a COCO JSON file, a CVAT XML file, a folder with Pascal VOC XML or labelme JSON, a YOLO folder with data.yaml, folders images and masks, or a folder for each class"
        )
    }

    private static func cocoFile(_ location: URL) throws(EvaluationError) -> URL {
        try only("json", "COCO", in: location)
    }

    private static func cvatFile(_ location: URL) throws(EvaluationError) -> URL {
        try only("xml", "CVAT", in: location)
    }

    /// The location itself where it is a file, else the only such file in the folder.
    private static func only(_ ending: String, _ format: String, in location: URL) throws(EvaluationError) -> URL {
        guard
            location.hasDirectoryPath || (try? location.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true
        else { return location }
        let found = try files(in: location, withExtension: ending)
        guard let file = found.first, found.count == 1 else {
            throw EvaluationError(
                "\(found.count) files of .\(ending) where one \(format) file is wanted", at: location.path,
                remedy: "name the file itself")
        }
        return file
    }

    /// Files below the folder with one of these endings, by path.
    static func files(in folder: URL, withExtension ending: String) throws(EvaluationError) -> [URL] {
        try files(in: folder, withExtensions: [ending])
    }

    static func files(in folder: URL, withExtensions endings: Set<String>) throws(EvaluationError) -> [URL] {
        guard let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else {
            throw EvaluationError("folder cannot be read", at: folder.path, remedy: "check its permissions")
        }
        var found: [URL] = []
        for case let file as URL in walk where endings.contains(file.pathExtension.lowercased()) {
            found.append(file)
            guard found.count <= maximumFiles else {
                throw EvaluationError(
                    "more than \(maximumFiles) files of .\(endings.sorted().joined(separator: " ."))", at: folder.path,
                    remedy: "split the data set")
            }
        }
        return found.sorted { $0.path < $1.path }
    }

    static func bytes(_ file: URL) throws(EvaluationError) -> Data {
        let size = (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? NSNumber)?.intValue ?? 0
        guard size <= maximumBytes else {
            throw EvaluationError(
                "file of \(size) bytes is over the limit of \(maximumBytes)", at: file.path, remedy: "split it")
        }
        do {
            return try Data(contentsOf: file)
        } catch {
            throw EvaluationError("file cannot be read", at: file.path, remedy: "check that it exists and may be read")
        }
    }

    /// A parser for a file that is known to be UTF-8: Foundation's traps on attributes that are not.
    static func xmlParser(_ file: URL) throws(EvaluationError) -> XMLParser {
        let parser = XMLParser(data: Data(try text(file).utf8))
        parser.shouldResolveExternalEntities = false
        return parser
    }

    static func text(_ file: URL) throws(EvaluationError) -> String {
        guard let text = String(validating: try bytes(file), as: UTF8.self) else {
            throw EvaluationError("file is no UTF-8 text", at: file.path, remedy: "save it as UTF-8")
        }
        return text
    }

    /// Path of a file relative to a folder.
    static func relativePath(_ file: URL, to folder: URL) -> String {
        let base = folder.standardizedFileURL.path
        let path = file.standardizedFileURL.path
        let prefix = base.hasSuffix("/") ? base : base + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : file.lastPathComponent
    }
}
