import Foundation
import ShrikeCore

/// labelme JSON, one file a picture: polygons, rectangles and circles.
enum LabelMeLabels {
    private struct Document: Decodable {
        struct Shape: Decodable {
            var label: String
            var points: [[Double]]
            var shapeType: String?

            enum CodingKeys: String, CodingKey {
                case label, points
                case shapeType = "shape_type"
            }
        }
        var shapes: [Shape]
        var imagePath: String?
        var imageWidth: Int?
        var imageHeight: Int?
    }

    static func read(_ folder: URL) throws(EvaluationError) -> LabeledDataset {
        var pictures: [LabeledDataset.Picture] = []
        var classes: Set<String> = []
        for file in try LabelReader.files(in: folder, withExtension: "json") {
            let document = try decode(file)
            // `imagePath` is relative to the label file and may use the other system's separator.
            let name = document.imagePath?.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init)
            let labelPath = LabelReader.relativePath(file, to: folder)
            let parent = labelPath.lastIndex(of: "/").map { labelPath[...$0] } ?? ""
            var picture = LabeledDataset.Picture(
                fileName: parent + (name ?? file.deletingPathExtension().lastPathComponent + ".jpg"),
                width: document.imageWidth ?? 0, height: document.imageHeight ?? 0)
            for (i, shape) in document.shapes.enumerated() {
                guard let box = box(shape), !shape.label.isEmpty else {
                    throw EvaluationError(
                        "shape without a label or an area", at: "\(file.path): shapes[\(i)]",
                        remedy: "draw it as a polygon, rectangle or circle, and name it")
                }
                classes.insert(shape.label)
                picture.labels.append(.init(className: shape.label, box: box, region: region(shape)))
            }
            pictures.append(picture)
        }
        return LabeledDataset(classes: classes.sorted(), pictures: pictures)
    }

    /// Nil for rectangles, which have two corners.
    private static func region(_ shape: Document.Shape) -> LabelRegion? {
        if shape.shapeType == "circle" {
            let (center, edge) = (
                Point(x: shape.points[0][0], y: shape.points[0][1]), Point(x: shape.points[1][0], y: shape.points[1][1])
            )
            let radius = hypot(edge.x - center.x, edge.y - center.y)
            return .polygon(
                (0..<32).map { step in
                    let angle = Double(step) * .pi / 16
                    return Point(x: center.x + radius * cos(angle), y: center.y + radius * sin(angle))
                })
        }
        return shape.points.count >= 3 ? .polygon(shape.points.map { Point(x: $0[0], y: $0[1]) }) : nil
    }

    private static func box(_ shape: Document.Shape) -> Box? {
        guard shape.points.count >= 2,
            shape.points.allSatisfy({ $0.count == 2 && $0.allSatisfy { $0.isFinite && abs($0) < 1e9 } })
        else { return nil }
        let xs = shape.points.map { $0[0] }
        let ys = shape.points.map { $0[1] }
        if shape.shapeType == "circle" {
            let dx = xs[1] - xs[0]
            let dy = ys[1] - ys[0]
            let radius = (dx * dx + dy * dy).squareRoot()
            guard radius > 0 else { return nil }
            return Box(x: xs[0] - radius, y: ys[0] - radius, width: 2 * radius, height: 2 * radius)
        }
        guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max(), right > left,
            bottom > top
        else { return nil }
        return Box(left: left, top: top, right: right, bottom: bottom)
    }

    private static func decode(_ file: URL) throws(EvaluationError) -> Document {
        try LabelReader.json(file, "labelme", remedy: "save it again with labelme, or move it out of the folder")
    }
}
