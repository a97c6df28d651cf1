import Foundation
import ShrikeCore

/// labelme JSON, one file a picture; polygons and rectangles become their bounding boxes.
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
                guard let box = box(shape) else {
                    throw EvaluationError(
                        "shape without an area", at: "\(file.path): shapes[\(i)]",
                        remedy: "draw it as a polygon, rectangle or circle")
                }
                classes.insert(shape.label)
                picture.labels.append(.init(className: shape.label, box: box))
            }
            pictures.append(picture)
        }
        return LabeledDataset(classes: classes.sorted(), pictures: pictures)
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
            return Box(x: xs[0] - radius, y: ys[0] - radius, width: 2 * radius, height: 2 * radius)
        }
        guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max(), right > left,
            bottom > top
        else { return nil }
        return Box(left: left, top: top, right: right, bottom: bottom)
    }

    private static func decode(_ file: URL) throws(EvaluationError) -> Document {
        let data = try LabelReader.bytes(file)
        do {
            return try JSONDecoder().decode(Document.self, from: data)
        } catch {
            let found = (error as? DecodingError).map(COCOLabels.place)
            throw EvaluationError(
                "no labelme labels (\(found?.reason ?? "not understood"))", at: "\(file.path) \(found?.path ?? "")",
                remedy: "save it again with labelme, or move it out of the folder")
        }
    }
}
