public import Foundation

/// Finds the picture files that labels name. Labels travel: folders move, endings get lost, `images` lies beside `labels`.
public struct PictureIndex: Sendable {
    private let folder: String
    /// Files by path relative to the folder, without ending; several where only endings differ.
    private var byPath: [String: [String]] = [:]
    /// Files by name without folder and ending.
    private var byStem: [String: [String]] = [:]

    static let endings: Set<String> = ["jpg", "jpeg", "png", "tif", "tiff", "bmp", "webp"]

    /// - Parameter location: what ``LabelReader`` was given; a file stands for its folder.
    /// - Throws: ``EvaluationError`` where the folder cannot be read or holds too many files.
    public init(_ location: URL) throws(EvaluationError) {
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: location.path, isDirectory: &isFolder)
        let root = isThere && !isFolder.boolValue ? location.deletingLastPathComponent() : location
        folder = root.standardizedFileURL.path
        guard let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil) else {
            throw EvaluationError("folder cannot be read", at: folder, remedy: "check its permissions")
        }
        var count = 0
        for case let file as URL in walk where Self.endings.contains(file.pathExtension.lowercased()) {
            count += 1
            guard count <= LabelReader.maximumFiles else {
                throw EvaluationError(
                    "more than \(LabelReader.maximumFiles) pictures", at: folder, remedy: "split the data set")
            }
            let relative = LabelReader.relativePath(file, to: root)
            byPath[Self.stem(relative), default: []].append(relative)
            byStem[Self.stem(file.lastPathComponent), default: []].append(relative)
        }
    }

    /// Where a picture lies: as named, else with another ending, else the only one of its name anywhere in the folder.
    ///
    /// - Throws: ``EvaluationError`` where it is not there, or several have its name.
    public func path(of fileName: String) throws(EvaluationError) -> String {
        let named = fileName.replacingOccurrences(of: "\\", with: "/")
        if named.hasPrefix("/"), FileManager.default.fileExists(atPath: named) { return named }
        let relative = named.hasPrefix("./") ? String(named.dropFirst(2)) : named
        if let exact = only(byPath[Self.stem(relative)], named: relative) { return "\(folder)/\(exact)" }
        let base = relative.split(separator: "/").last.map(String.init) ?? relative
        let found = byStem[Self.stem(base)] ?? []
        if let one = only(found, named: base) { return "\(folder)/\(one)" }
        throw EvaluationError(
            found.isEmpty
                ? "labels name a picture that is not there"
                : "labels name a picture of which there are \(found.count)", at: "\(fileName) in \(folder)",
            remedy: "put pictures and labels into one folder, each under the name the labels give")
    }

    private func only(_ found: [String]?, named name: String) -> String? {
        guard let found else { return nil }
        if found.count == 1 { return found[0] }
        let same = found.filter { $0 == name || $0.hasSuffix("/" + name) }
        return same.count == 1 ? same[0] : nil
    }

    /// A path without its ending where that is one of a picture.
    private static func stem(_ path: String) -> String {
        guard let dot = path.lastIndex(of: "."), endings.contains(path[path.index(after: dot)...].lowercased()) else {
            return path
        }
        return String(path[..<dot])
    }
}
