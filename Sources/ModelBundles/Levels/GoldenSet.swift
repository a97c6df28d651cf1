import Foundation
public import ShrikeCore

/// Pictures with the results a scene had where it was made: the content of `golden/expected.json`.
///
/// Replayed at load, they show whether this machine's engine, precision and processor give the same.
public struct GoldenSet: Hashable, Sendable {
    /// Name of the document inside a bundle; the pictures lie beside it.
    public static let file = "golden/expected.json"
    static let maximumPictures = 64
    /// Largest picture that is read, bytes.
    public static let maximumPictureBytes = 16 << 20

    public struct Expected: Hashable, Sendable {
        public var className: String
        /// Pixels of the picture, origin top left.
        public var box: Box
        public var score: Double

        public init(className: String, box: Box, score: Double) {
            (self.className, self.box, self.score) = (className, box, score)
        }
    }

    public struct Picture: Hashable, Sendable {
        /// Name inside the bundle, e.g. `golden/001.jpg`.
        public var file: String
        public var expected: [Expected]

        public init(file: String, expected: [Expected]) { (self.file, self.expected) = (file, expected) }
    }

    public var pictures: [Picture]
    /// Scores may differ by this much; a finding this close to its class's threshold may come or go.
    public var scoreTolerance: Double
    /// Boxes must overlap at least this much (IoU).
    public var leastIoU: Double
    /// Arithmetic the results were made with, e.g. `fp32`; told in messages.
    public var precision: String

    public init(
        pictures: [Picture], scoreTolerance: Double = 0.02, leastIoU: Double = 0.9, precision: String = "fp32"
    ) {
        (self.pictures, self.scoreTolerance, self.leastIoU) = (pictures, scoreTolerance, leastIoU)
        self.precision = precision
    }

    public var json: JSONValue {
        .object([
            "format": .integer(1), "score_tolerance": .number(scoreTolerance), "least_iou": .number(leastIoU),
            "precision": .string(precision),
            "pictures": .array(
                pictures.map {
                    .object(["file": .string($0.file), "expected": .array($0.expected.map(Self.json))])
                }),
        ])
    }

    private static func json(_ expected: Expected) -> JSONValue {
        let box = [expected.box.x, expected.box.y, expected.box.width, expected.box.height]
        return .object([
            "class": .string(expected.className), "score": .number(expected.score, decimals: 5),
            "box": .array(box.map { .number($0, decimals: 2) }),
        ])
    }

    /// The document as a layer.
    public var layer: BundleDraft.Layer {
        .init(Self.file, ModelPackType.dataset, .data(Data(json.canonicalText.utf8)))
    }

    /// The golden set of a bundle; nil where it has none.
    public init?(of bundle: ModelBundle) throws(BundleError) {
        guard bundle.has(Self.file) else { return nil }
        try self.init(
            bundle.document(Self.file), at: "\(bundle.source.place) \(bundle.manifest.reference) \(Self.file)")
        for picture in pictures { _ = try bundle.layer(picture.file) }
    }

    /// Reads a document; every mistake is told at once.
    public init(_ document: JSONValue, at place: String) throws(BundleError) {
        let reader = DocumentReader(document)
        if reader.integer("format", default: 0, in: 0...1_000_000) != 1 {
            reader.report("format", "only format 1 is known")
        }
        scoreTolerance = reader.number("score_tolerance", default: 0.02, in: 0...1)
        leastIoU = reader.number("least_iou", default: 0.9, in: 0...1)
        precision = reader.string("precision", default: "fp32")
        pictures = reader.sections("pictures").prefix(Self.maximumPictures + 1).map(Self.readPicture)
        if pictures.isEmpty { reader.report("pictures", "must hold at least one") }
        if pictures.count > Self.maximumPictures {
            reader.report("pictures", "may hold \(Self.maximumPictures) at most")
        }
        reader.finish()
        guard reader.problems.isEmpty else {
            throw BundleError(
                reader.problems.map(\.description).joined(separator: "; "), at: place, remedy: "make the scene again")
        }
    }

    private static func readPicture(_ reader: DocumentReader) -> Picture {
        defer { reader.finish() }
        let expected = reader.sections("expected").map { entry in
            defer { entry.finish() }
            let numbers = entry.value("box")?.arrayValue?.compactMap(\.doubleValue).filter(\.isFinite) ?? []
            if numbers.count != 4 { entry.report("box", "must be [x, y, width, height]") }
            return Expected(
                className: entry.requiredString("class"),
                box: numbers.count == 4
                    ? Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
                    : Box(x: 0, y: 0, width: 0, height: 0),
                score: entry.number("score", default: 0, in: 0...1))
        }
        return Picture(file: reader.requiredString("file"), expected: expected)
    }
}
