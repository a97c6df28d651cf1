import Foundation

/// Class folders: a folder for each class, its pictures (also in folders below) in it.
enum ClassFolderLabels {
    /// Names of folders that are parts of a split and no classes.
    private static let parts: Set<String> = ["train", "val", "valid", "validation", "test"]

    static func read(_ folder: URL) throws(EvaluationError) -> LabeledDataset {
        var pictures: [LabeledDataset.Picture] = []
        var classes: Set<String> = []
        for file in try LabelReader.files(in: folder, withExtensions: PictureIndex.endings) {
            let relative = LabelReader.relativePath(file, to: folder)
            let folders = relative.split(separator: "/").dropLast().map(String.init)
            guard let name = folders.first(where: { !parts.contains($0.lowercased()) }) else {
                throw EvaluationError(
                    "picture lies in no class folder", at: file.path,
                    remedy: "put every picture into a folder named after its class")
            }
            classes.insert(name)
            pictures.append(.init(fileName: relative, className: name))
        }
        guard !classes.isEmpty else {
            throw EvaluationError(
                "no class folder with pictures", at: folder.path, remedy: "make a folder for each class")
        }
        return LabeledDataset(classes: classes.sorted(), pictures: pictures)
    }

    /// Whether a folder holds nothing but folders with pictures; `images` alone is half of another format.
    static func isAt(_ folder: URL) throws(EvaluationError) -> Bool {
        let pictures = try LabelReader.files(in: folder, withExtensions: PictureIndex.endings)
        let folders = Set(
            pictures.map { LabelReader.relativePath($0, to: folder).split(separator: "/").dropLast().first ?? "" })
        return !folders.isEmpty && !folders.contains("") && !folders.contains("images")
    }
}
