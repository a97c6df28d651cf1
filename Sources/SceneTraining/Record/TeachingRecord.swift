public import Integrity
public import ShrikeCore

/// What a scene was taught with: `teaching.json` of its bundle. It travels with the sums, so that every gateway knows which
/// pictures are in them; the pictures themselves stay where they are.
public struct TeachingRecord: Hashable, Sendable {
    /// Name of the document inside a bundle.
    public static let file = "teaching.json"
    /// Name of the sums inside a bundle.
    public static let statisticsFile = "statistics.safetensors"
    /// Larger records are refused.
    public static let maximumBytes = 64 << 20
    static let maximumPictures = 1_000_000
    static let maximumBoxes = 10_000

    public var task: TeachingTask
    /// Class that stands for nothing to report; nil where every class is reported.
    public var normalClass: String?
    /// Names of the teachings, oldest first; made of what was taught, so that two gateways never give one name to different
    /// teachings.
    public var increments: [String]
    /// By digest.
    public var pictures: [TaughtPicture]

    public init(
        task: TeachingTask, normalClass: String? = nil, increments: [String] = [], pictures: [TaughtPicture] = []
    ) {
        (self.task, self.normalClass, self.increments) = (task, normalClass, increments)
        self.pictures = pictures.sorted { $0.digest.description < $1.digest.description }
    }

    /// The name of a teaching with these pictures: twelve hex digits.
    public static func increment(of pictures: [TaughtPicture]) -> String {
        let digests = pictures.map(\.digest.description).sorted().joined(separator: "\n")
        return String(SHA256Digest(ofUTF8: digests).hex.prefix(12))
    }

    public func picture(_ digest: SHA256Digest) -> TaughtPicture? { pictures.first { $0.digest == digest } }

    /// Pictures by class, held ones included; a picture counts for every class it shows.
    public var pictureCounts: [String: Int] {
        var counts: [String: Int] = [:]
        for picture in pictures { for name in picture.classNames { counts[name, default: 0] += 1 } }
        return counts
    }

    public var json: JSONValue {
        .object(compacting: [
            "format": .integer(1), "task": .string(task.rawValue), "normal_class": normalClass.map { .string($0) },
            "increments": .array(increments.map { .string($0) }), "pictures": .array(pictures.map(Self.json)),
        ])
    }

    private static func json(_ picture: TaughtPicture) -> JSONValue {
        var pairs: [String: JSONValue] = [
            "digest": .string(picture.digest.description), "name": .string(picture.name),
            "increment": .string(picture.increment),
        ]
        if picture.width > 0 {
            pairs["size"] = .array([.integer(Int64(picture.width)), .integer(Int64(picture.height))])
        }
        switch picture.label {
        case .normal: break
        case .kind(let name): pairs["class"] = .string(name)
        case .boxes(let boxes):
            pairs["boxes"] = .array(
                boxes.map { labeled in
                    let box = [labeled.box.x, labeled.box.y, labeled.box.width, labeled.box.height]
                    return .object([
                        "class": .string(labeled.className), "box": .array(box.map { .number($0, decimals: 3) }),
                    ])
                })
        }
        return .object(pairs)
    }

    /// Reads a document; every mistake is told at once.
    ///
    /// - Throws: ``TeachingError``.
    public init(_ document: JSONValue, at place: String) throws(TeachingError) {
        let reader = DocumentReader(document)
        if reader.integer("format", default: 0, in: 0...1_000_000) != 1 {
            reader.report("format", "only format 1 is known")
        }
        let task: TeachingTask = reader.choice("task", default: .classes)
        let normalClass = reader.string("normal_class")
        let increments = reader.strings("increments")
        let known = Set(increments)
        if known.count != increments.count { reader.report("increments", "names a teaching twice") }
        let sections = reader.sections("pictures")
        if sections.count > Self.maximumPictures {
            reader.report("pictures", "may hold \(Self.maximumPictures) at most")
        }
        let pictures = sections.prefix(Self.maximumPictures).compactMap { Self.readPicture($0, increments: known) }
        if Set(pictures.map(\.digest)).count != pictures.count { reader.report("pictures", "holds a digest twice") }
        reader.finish()
        guard reader.problems.isEmpty else {
            let told = reader.problems.prefix(5).map(\.description).joined(separator: "; ")
            throw TeachingError("\(Self.file): \(told)", at: place, remedy: "make the scene again")
        }
        self.init(task: task, normalClass: normalClass, increments: increments, pictures: pictures)
    }

    private static func readPicture(_ reader: DocumentReader, increments: Set<String>) -> TaughtPicture? {
        defer { reader.finish() }
        let digest = SHA256Digest(reader.requiredString("digest"))
        if digest == nil { reader.report("digest", "must be sha256:...") }
        var label = TaughtPicture.Label.normal
        if let name = reader.string("class") { label = .kind(name) }
        if reader.has("boxes") {
            let sections = reader.sections("boxes")
            if sections.count > maximumBoxes { reader.report("boxes", "may hold \(maximumBoxes) at most") }
            label = .boxes(sections.prefix(maximumBoxes).compactMap(readBox))
        }
        let size = reader.value("size")?.arrayValue?.compactMap(\.integerValue) ?? []
        if !size.isEmpty, size.count != 2 || !size.allSatisfy({ (1...65_535).contains($0) }) {
            reader.report("size", "must be [width, height]")
        }
        let picture = digest.map {
            TaughtPicture(
                digest: $0, name: reader.requiredString("name"), label: label, width: Int(size.first ?? 0),
                height: Int(size.last ?? 0),
                increment: reader.requiredString("increment"))
        }
        if let picture, !increments.contains(picture.increment) {
            reader.report("increment", "is not one of increments")
        }
        return picture
    }

    private static func readBox(_ reader: DocumentReader) -> TaughtPicture.LabeledBox? {
        defer { reader.finish() }
        let numbers = reader.value("box")?.arrayValue?.compactMap(\.doubleValue).filter(\.isFinite) ?? []
        let name = reader.requiredString("class")
        guard numbers.count == 4 else {
            reader.report("box", "must be [x, y, width, height]")
            return nil
        }
        return TaughtPicture.LabeledBox(
            className: name, box: Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3]))
    }
}
