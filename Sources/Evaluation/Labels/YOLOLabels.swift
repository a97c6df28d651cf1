import Foundation
import ShrikeCore

/// An Ultralytics YOLO folder: `data.yaml` with `names`, and one text file a picture with lines of
/// `class x y width height`, the center and size as fractions of the picture.
///
/// Boxes stay fractions, see ``LabeledDataset/Picture/inPixels(width:height:)``.
enum YOLOLabels {
    static func read(_ location: URL) throws(EvaluationError) -> LabeledDataset {
        let isFile = location.pathExtension.lowercased() == "yaml"
        let folder = isFile ? location.deletingLastPathComponent() : location
        let names = try YOLONames.read(isFile ? location : folder.appending(path: "data.yaml"))
        var pictures: [LabeledDataset.Picture] = []
        for file in try LabelReader.files(in: folder, withExtension: "txt") where file.path.contains("/labels/") {
            let relative = LabelReader.relativePath(file, to: folder)
            let stem = "/" + relative.dropLast(4)
            var picture = LabeledDataset.Picture(
                fileName: String(stem.replacingOccurrences(of: "/labels/", with: "/images/").dropFirst()),
                isRelative: true)
            for (i, line) in try LabelReader.text(file).split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
            {
                if line.allSatisfy(\.isWhitespace) { continue }
                picture.labels.append(try label(line, names: names, at: "\(file.path) line \(i + 1)"))
            }
            pictures.append(picture)
        }
        return LabeledDataset(classes: names, pictures: pictures)
    }

    /// A box, or a polygon with its bounding box.
    private static func label(
        _ line: Substring, names: [String], at place: String
    ) throws(EvaluationError) -> LabeledDataset.Label {
        let fields = line.split(whereSeparator: \.isWhitespace)
        let numbers = fields.dropFirst().compactMap { Double($0) }
        guard let first = fields.first, let index = Int(first), names.indices.contains(index) else {
            throw EvaluationError("class is not 0 to \(names.count - 1)", at: place, remedy: "correct it or data.yaml")
        }
        guard numbers.count == fields.count - 1, numbers.count == 4 || (numbers.count >= 6 && numbers.count % 2 == 0),
            numbers.allSatisfy({ $0.isFinite && $0 >= -0.5 && $0 <= 1.5 }),
            numbers.count > 4 || (numbers[2] >= 0 && numbers[3] >= 0)
        else {
            throw EvaluationError(
                "no line of class, x, y, width, height as fractions", at: place, remedy: "correct it or delete the line"
            )
        }
        if numbers.count == 4 {
            let (w, h) = (numbers[2], numbers[3])
            return .init(
                className: names[index], box: Box(x: numbers[0] - w / 2, y: numbers[1] - h / 2, width: w, height: h))
        }
        let xs = stride(from: 0, to: numbers.count, by: 2).map { numbers[$0] }
        let ys = stride(from: 1, to: numbers.count, by: 2).map { numbers[$0] }
        return .init(
            className: names[index],
            box: Box(left: xs.min() ?? 0, top: ys.min() ?? 0, right: xs.max() ?? 0, bottom: ys.max() ?? 0),
            region: .polygon(zip(xs, ys).map { Point(x: $0, y: $1) }))
    }
}
