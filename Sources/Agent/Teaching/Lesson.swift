import Evaluation
import Foundation
import FrameSources
import Inference
import Integrity
import SceneTraining
import ShrikeCore

/// Labelled pictures that a person brings: read, told apart by digest, and put into the memory of this gateway.
struct Lesson: Sendable {
    let task: TeachingTask
    /// Each once.
    private(set) var pictures: [TaughtPicture] = []
    /// Names that people gave the classes, by code.
    private(set) var classNames: [String: String] = [:]
    private(set) var normalClass: String?
    /// What a person should know of the data.
    var notes: [String] = []

    private var refused: Set<SHA256Digest> = []
    private var contradictory: [String] = []

    /// Class names that stand for nothing to report where nobody says which one does.
    private static let usualNormal: Set<String> = [
        "normal", "good", "ok", "no-anomaly", "no_anomaly", "healthy", "none", "defect-free", "defect_free",
    ]
    private static let toldPictures = 5

    init(task: TeachingTask) { self.task = task }

    /// Whether a class's name usually stands for nothing to report.
    static func isUsual(_ name: String) -> Bool { usualNormal.contains(ClassDefinition.code(from: name)) }

    /// - Parameters:
    ///   - normalClass: code or name of the class that stands for nothing to report; nil to look for a usual one.
    ///   - progress: share that is done.
    /// - Throws: ``AgentError``, or what the labels' reader throws; a mistake in them names file and line.
    static func read(
        _ options: SceneTeaching.Options, normalClass: String?, memory: PictureMemory, progress: (Double) -> Void
    ) throws -> Lesson {
        let location = options.data ?? ""
        let dataset = try LabelReader.read(
            URL(filePath: location), format: try LabeledPictures.format(options.format))
        guard !dataset.pictures.isEmpty else {
            throw AgentError("no labelled picture", at: location, remedy: "label at least one picture")
        }
        var lesson = Lesson(task: dataset.pictures.contains { $0.className != nil } ? .classes : .boxes)
        for name in dataset.classes { try lesson.note(name) }
        try lesson.chooseNormal(normalClass, at: location)
        let files = try PictureIndex(URL(filePath: location))
        for (number, picture) in dataset.pictures.enumerated() {
            try lesson.take(picture, at: try files.path(of: picture.fileName), memory: memory)
            progress(Double(number + 1) / Double(dataset.pictures.count))
        }
        if !lesson.contradictory.isEmpty {
            let told = lesson.contradictory.prefix(toldPictures).joined(separator: ", ")
            lesson.notes.append(
                "\(lesson.contradictory.count) files are copies of one picture with different labels, left out: \(told)"
                    + (lesson.contradictory.count > toldPictures ? " and more" : ""))
        }
        return lesson
    }

    private mutating func note(_ name: String) throws(AgentError) {
        let code = ClassDefinition.code(from: name)
        if let other = classNames[code], other != name {
            throw AgentError(
                "classes '\(other)' and '\(name)' have the same code \(code)", at: "labels", remedy: "rename one")
        }
        classNames[code] = name
    }

    private mutating func chooseNormal(_ wanted: String?, at location: String) throws(AgentError) {
        guard let wanted else {
            normalClass = task == .classes ? classNames.keys.sorted().first { Self.usualNormal.contains($0) } : nil
            return
        }
        normalClass = ClassDefinition.code(from: wanted)
    }

    private mutating func take(
        _ picture: LabeledDataset.Picture, at file: String, memory: PictureMemory
    ) throws {
        let most = PictureLimits().maximumFileBytes
        let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber)?.intValue ?? 0
        guard size <= most else {
            throw AgentError("picture of \(size) bytes is over the limit of \(most)", at: file, remedy: "shrink it")
        }
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw AgentError("picture cannot be read", at: file, remedy: "check its permissions")
        }
        let digest = SHA256Digest(of: bytes)
        let label = try label(of: picture, bytes, at: file)
        let name = URL(filePath: file).lastPathComponent
        if refused.contains(digest) {
            contradictory.append(name)
        } else if let known = pictures.firstIndex(where: { $0.digest == digest }) {
            guard pictures[known].label != label else { return }
            contradictory += [pictures[known].name, name]
            refused.insert(digest)
            pictures.remove(at: known)
        } else {
            try memory.keep(bytes, as: digest)
            let size = task == .boxes ? try Self.size(of: bytes, name: name) : (0, 0)
            pictures.append(
                TaughtPicture(digest: digest, name: name, label: label, width: size.0, height: size.1))
        }
    }

    private func label(of picture: LabeledDataset.Picture, _ bytes: Data, at file: String) throws -> TaughtPicture.Label
    {
        if task == .classes {
            guard let name = picture.className else {
                throw AgentError(
                    "picture has no class where others have one", at: file, remedy: "put it into a class")
            }
            let code = ClassDefinition.code(from: name)
            return code == normalClass ? .normal : .kind(code)
        }
        var picture = picture
        if picture.isRelative {
            let size = try Self.size(of: bytes, name: file)
            picture = picture.inPixels(width: size.0, height: size.1)
        }
        return .boxes(
            picture.labels.filter { !$0.isCrowd && $0.box.area > 0 }.map {
                .init(className: ClassDefinition.code(from: $0.className), box: $0.box)
            })
    }

    private static func size(of bytes: Data, name: String) throws -> (Int, Int) {
        let pixels = try StillPicture.decode([UInt8](bytes), name: name)
        return (pixels.width, pixels.height)
    }

    /// Size of the base's input that suits these pictures: that of the middle one by area.
    ///
    /// - Throws: where a picture cannot be decoded.
    func usualInput(_ memory: PictureMemory) throws -> InputSize {
        // A few tell; reading thousands only to learn their size would take longer than teaching them.
        let sample = stride(from: 0, to: pictures.count, by: max(1, pictures.count / 15)).map { pictures[$0] }
        let sizes = try sample.compactMap { picture -> (width: Int, height: Int)? in
            guard let bytes = memory.picture(picture.digest) else { return nil }
            let pixels = try StillPicture.decode([UInt8](bytes), name: picture.name)
            return (pixels.width, pixels.height)
        }.sorted { $0.width * $0.height < $1.width * $1.height }
        guard !sizes.isEmpty else {
            throw AgentError("no picture can be taught", at: "data", remedy: "every one has contradictory labels")
        }
        let middle = sizes[sizes.count / 2]
        return StudyPlan.input(forWidth: middle.width, height: middle.height)
    }

    /// - Throws: ``AgentError`` where nothing is marked.
    func boxPlan(_ input: (width: Int, height: Int)?) throws(AgentError) -> BoxPlan {
        try BoxPlan(pictures, input: input)
    }
}

extension BoxPlan {
    /// - Throws: ``AgentError`` where no picture has a box.
    init(_ pictures: [TaughtPicture], input: (width: Int, height: Int)?) throws(AgentError) {
        let sides = pictures.flatMap { picture -> [Double] in
            guard case .boxes(let boxes) = picture.label else { return [] }
            let area = Double(picture.width * picture.height)
            return boxes.map { ($0.box.area / area).squareRoot() }
        }
        guard !sides.isEmpty else {
            throw AgentError("no picture has a box", at: "data", remedy: "mark at least one")
        }
        self.init(pictures: pictures.map { ($0.width, $0.height) }, sides: sides, input: input)
    }

    var input: InputSize { InputSize(width: inputWidth, height: inputHeight) }
}
