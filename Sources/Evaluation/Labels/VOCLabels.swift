import Foundation
import FoundationXML
import ShrikeCore

/// Pascal VOC XML, one file a picture.
///
/// Corners are taken as they stand, as continuous coordinates; the set's own 1-based pixel numbers differ by a pixel at
/// most.
enum VOCLabels {
    static func read(_ folder: URL) throws(EvaluationError) -> LabeledDataset {
        var pictures: [LabeledDataset.Picture] = []
        var classes: Set<String> = []
        for file in try LabelReader.files(in: folder, withExtension: "xml") {
            let parser = try LabelReader.xmlParser(file)
            let content = VOCDocument()
            parser.delegate = content
            guard parser.parse(), content.problem == nil, content.isComplete else {
                throw EvaluationError(
                    content.problem ?? "no well-formed XML",
                    at: "\(file.path) line \(content.problemLine ?? parser.lineNumber)",
                    remedy: "correct the file or move it out of the folder")
            }
            var picture = content.picture
            if picture.fileName.isEmpty { picture.fileName = file.deletingPathExtension().lastPathComponent + ".jpg" }
            classes.formUnion(picture.labels.map(\.className))
            pictures.append(picture)
        }
        return LabeledDataset(classes: classes.sorted(), pictures: pictures)
    }
}

/// Collects one VOC file's elements; used by one thread for one parse.
private final class VOCDocument: NSObject, XMLParserDelegate {
    var picture = LabeledDataset.Picture(fileName: "")
    var problem: String?
    var problemLine: Int?
    /// The parser takes a file that ends in the middle for a whole one.
    var isComplete = false
    private var path: [String] = []
    private var text = ""
    private var name = ""
    private var corners: [String: Double] = [:]

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        path.append(element)
        text = ""
        if path.count > 16 { fail("elements nested deeper than 16", parser) }
        if path == ["annotation", "object"] { (name, corners) = ("", [:]) }
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) {
        if text.utf8.count < 4096 { text += characters }
    }

    func parser(
        _ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?
    ) {
        let value = text.trimmingCharacters(in: .whitespacesAndNewlines)
        switch path {
        case ["annotation", "filename"]: picture.fileName = value
        case ["annotation", "size", "width"]: picture.width = Int(value) ?? 0
        case ["annotation", "size", "height"]: picture.height = Int(value) ?? 0
        case ["annotation", "object", "name"]: name = value
        case ["annotation", "object", "bndbox", element]:
            guard let number = Double(value), number.isFinite, abs(number) < 1e9 else {
                return fail("\(element) is no number", parser)
            }
            corners[element] = number
        case ["annotation", "object"]: finishObject(parser)
        case ["annotation"]: isComplete = true
        default: break
        }
        text = ""
        path.removeLast(path.isEmpty ? 0 : 1)
    }

    private func finishObject(_ parser: XMLParser) {
        guard !name.isEmpty, let left = corners["xmin"], let top = corners["ymin"], let right = corners["xmax"],
            let bottom = corners["ymax"], right >= left, bottom >= top
        else { return fail("object without a name or a bndbox of xmin, ymin, xmax, ymax", parser) }
        picture.labels.append(.init(className: name, box: Box(left: left, top: top, right: right, bottom: bottom)))
    }

    private func fail(_ what: String, _ parser: XMLParser) {
        guard problem == nil else { return }
        (problem, problemLine) = (what, parser.lineNumber)
        parser.abortParsing()
    }
}
