import Foundation
import FoundationXML
import ShrikeCore

/// "CVAT for images 1.1": one XML file with boxes, polygons and tags (classes of whole pictures).
enum CVATLabels {
    static func read(_ file: URL) throws(EvaluationError) -> LabeledDataset {
        let parser = try LabelReader.xmlParser(file)
        let content = CVATDocument()
        parser.delegate = content
        guard parser.parse(), content.problem == nil, content.isComplete else {
            throw EvaluationError(
                content.problem ?? "no well-formed CVAT file",
                at: "\(file.path) line \(content.problemLine ?? parser.lineNumber)",
                remedy: "export it again as \"CVAT for images 1.1\"")
        }
        let classes = content.classes.union(
            content.pictures.flatMap { $0.labels.map(\.className) + [$0.className].compactMap(\.self) })
        return LabeledDataset(classes: classes.sorted(), pictures: content.pictures)
    }

    /// Whether an XML file begins as CVAT's do.
    static func isAt(_ file: URL) -> Bool {
        guard let handle = try? FileHandle(forReadingFrom: file) else { return false }
        defer { try? handle.close() }
        let begin = (try? handle.read(upToCount: 4096)) ?? Data()
        return String(decoding: begin, as: UTF8.self).contains("<annotations")
    }
}

/// Collects a file's elements; used by one thread for one parse.
private final class CVATDocument: NSObject, XMLParserDelegate {
    var pictures: [LabeledDataset.Picture] = []
    var classes: Set<String> = []
    var problem: String?
    var problemLine: Int?
    var isComplete = false
    private var path: [String] = []
    private var text = ""

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        path.append(element)
        text = ""
        if path.count > 16 { return fail("elements nested deeper than 16", parser) }
        guard path.first == "annotations" else { return fail("no <annotations> at the top", parser) }
        if path == ["annotations", "image"] {
            guard let name = attributes["name"], !name.isEmpty, let width = size(attributes["width"]),
                let height = size(attributes["height"])
            else { return fail("image without a name, width or height", parser) }
            pictures.append(.init(fileName: name, width: width, height: height))
        } else if path.count == 3, path[1] == "image", !pictures.isEmpty {
            read(element, attributes, parser)
        }
    }

    private func size(_ text: String?) -> Int? {
        text.flatMap { Int($0) }.flatMap { (1...1_000_000).contains($0) ? $0 : nil }
    }

    private func read(_ element: String, _ attributes: [String: String], _ parser: XMLParser) {
        guard ["box", "polygon", "tag"].contains(element) else {
            return fail("shapes of kind '\(element)' are not understood", parser)
        }
        guard let label = attributes["label"], !label.isEmpty else { return fail("\(element) without a label", parser) }
        let last = pictures.count - 1
        switch element {
        case "tag": pictures[last].className = label
        case "box":
            let numbers = ["xtl", "ytl", "xbr", "ybr"].compactMap { attributes[$0].flatMap(number) }
            guard numbers.count == 4, numbers[2] >= numbers[0], numbers[3] >= numbers[1] else {
                return fail("box without xtl, ytl, xbr, ybr in this order", parser)
            }
            pictures[last].labels.append(
                .init(
                    className: label,
                    box: Box(left: numbers[0], top: numbers[1], right: numbers[2], bottom: numbers[3])))
        default:
            let pairs = (attributes["points"] ?? "").split(separator: ";")
            let points = pairs.compactMap { pair -> Point? in
                let parts = pair.split(separator: ",").compactMap { number(String($0)) }
                return parts.count == 2 ? Point(x: parts[0], y: parts[1]) : nil
            }
            guard points.count >= 3, points.count == pairs.count, points.count <= 100_000 else {
                return fail("polygon without three points x,y;x,y;x,y", parser)
            }
            let (xs, ys) = (points.map(\.x), points.map(\.y))
            pictures[last].labels.append(
                .init(
                    className: label,
                    box: Box(left: xs.min() ?? 0, top: ys.min() ?? 0, right: xs.max() ?? 0, bottom: ys.max() ?? 0),
                    region: .polygon(points)))
        }
    }

    private func number(_ text: String) -> Double? {
        Double(text.trimmingCharacters(in: .whitespaces)).flatMap { $0.isFinite && abs($0) < 1e9 ? $0 : nil }
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) {
        if text.utf8.count < 4096 { text += characters }
    }

    func parser(_ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?) {
        if path.suffix(2) == ["label", "name"] { classes.insert(text.trimmingCharacters(in: .whitespacesAndNewlines)) }
        if path == ["annotations"] { isComplete = true }
        text = ""
        path.removeLast(path.isEmpty ? 0 : 1)
    }

    private func fail(_ what: String, _ parser: XMLParser) {
        guard problem == nil else { return }
        (problem, problemLine) = (what, parser.lineNumber)
        parser.abortParsing()
    }
}
