import Evaluation
import Foundation
import FrameSources
import ShrikeCore

/// A labelled data set and where its pictures lie.
struct LabeledPictures: Sendable {
    var dataset: LabeledDataset
    /// By position of the picture.
    let files: [String]
    /// Class of pictures that show nothing to report; nil goes by its usual names.
    private let normalClass: String?

    /// - Parameters:
    ///   - format: by name; nil tells by looking.
    ///   - normalClass: class of pictures that show nothing to report; nil goes by its usual names.
    /// - Throws: ``AgentError``; a mistake in the labels names file and line.
    init(_ path: String, format: String?, normalClass: String? = nil) throws(AgentError) {
        let chosen = try Self.format(format)
        let location = URL(filePath: path)
        let dataset = try translating { try LabelReader.read(location, format: chosen) }
        let index = try translating { try PictureIndex(location) }
        files = try translating { try dataset.pictures.map { try index.path(of: $0.fileName) } }
        self.dataset = dataset
        self.normalClass = normalClass
        if let normalClass, !dataset.pictures.contains(where: { $0.className.map(isUsual) ?? false }) {
            throw AgentError(
                "no picture has the class '\(normalClass)'", at: path, remedy: "name a folder of the labelled pictures")
        }
    }

    /// Whether a class of pictures stands for nothing to report.
    func isUsual(_ name: String) -> Bool {
        normalClass.map { ClassDefinition.code(from: $0) == ClassDefinition.code(from: name) } ?? Lesson.isUsual(name)
    }

    static func format(_ name: String?) throws(AgentError) -> LabelReader.Format? {
        guard let name else { return nil }
        guard let format = LabelReader.Format(rawValue: name) else {
            throw AgentError(
                "no such label format", at: name,
                remedy: "use one of \(LabelReader.Format.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return format
    }

    /// Labels are classes of whole pictures.
    var isClasses: Bool { dataset.pictures.contains { $0.className != nil } }

    /// Reads a picture, and from then on knows its labels in pixels.
    ///
    /// - Throws: ``AgentError`` where it cannot be read.
    mutating func frame(_ number: Int) async throws -> Frame {
        let source = try await FootageOpener.open(files[number], options: SourceOptions())
        defer { source.stop() }
        while let event = try await source.next() {
            switch event {
            case .frame(var frame):
                frame.index = Int64(number)
                dataset.pictures[number] = dataset.pictures[number].inPixels(width: frame.width, height: frame.height)
                return frame
            case .skipped(let name, let reason):
                throw AgentError("picture cannot be read (\(reason))", at: name, remedy: "replace or remove it")
            default: continue
            }
        }
        throw AgentError("picture is empty", at: files[number], remedy: "replace or remove it")
    }

    /// Labels under the codes of a scene: people write `Tear` where the code is `tear`. A scene that only knows what is usual
    /// calls everything else by its one name.
    mutating func rename(for scene: SceneDefinition) {
        let unusual = scene.heads.normality?.className
        let isScreen = Self.isScreen(scene)
        func code(_ name: String) -> String {
            if isScreen, let unusual { return unusual }
            let code = ClassDefinition.code(from: name)
            return scene.classDefinition(name) == nil && scene.classDefinition(code) != nil ? code : name
        }
        if isScreen {
            for picture in dataset.pictures.indices {
                dataset.pictures[picture].className = dataset.pictures[picture].className.map { name in
                    isUsual(name) ? HeadSettings.Classifier.normal : code(name)
                }
            }
        }
        var seen: Set<String> = []
        dataset.classes = dataset.classes.map(code).filter { seen.insert($0).inserted }
        for picture in dataset.pictures.indices {
            for label in dataset.pictures[picture].labels.indices {
                dataset.pictures[picture].labels[label].className = code(
                    dataset.pictures[picture].labels[label].className)
            }
        }
    }

    /// Whether a scene only tells what is usual from what is not.
    static func isScreen(_ scene: SceneDefinition) -> Bool {
        scene.kind == .heads && scene.heads.normality != nil && scene.heads.classifier == nil
            && scene.heads.boxes.isEmpty
    }
}
