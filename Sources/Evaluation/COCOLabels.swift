import Foundation
import ShrikeCore

/// COCO JSON: `images`, `annotations` and `categories`.
enum COCOLabels {
    private struct Document: Decodable {
        struct Image: Decodable {
            var id: Int64
            var fileName: String
            var width: Int?
            var height: Int?

            enum CodingKeys: String, CodingKey {
                case id, width, height
                case fileName = "file_name"
            }
        }
        struct Annotation: Decodable {
            var imageID: Int64
            var categoryID: Int64
            var bbox: [Double]
            var iscrowd: Int?
            var area: Double?

            enum CodingKeys: String, CodingKey {
                case bbox, iscrowd, area
                case imageID = "image_id"
                case categoryID = "category_id"
            }
        }
        struct Category: Decodable {
            var id: Int64
            var name: String
        }
        var images: [Image]
        var annotations: [Annotation]
        var categories: [Category]
    }

    static func read(_ file: URL) throws(EvaluationError) -> LabeledDataset {
        let document = try decode(file)
        var positions: [Int64: Int] = [:]
        var names: [Int64: String] = [:]
        for category in document.categories { names[category.id] = category.name }
        var pictures: [LabeledDataset.Picture] = []
        for image in document.images where positions[image.id] == nil {
            positions[image.id] = pictures.count
            pictures.append(.init(fileName: image.fileName, width: image.width ?? 0, height: image.height ?? 0))
        }
        for (i, annotation) in document.annotations.enumerated() {
            let place = "\(file.path): annotations[\(i)]"
            guard let position = positions[annotation.imageID] else {
                throw EvaluationError(
                    "image_id \(annotation.imageID) is not in images", at: place, remedy: "export the set again")
            }
            guard let name = names[annotation.categoryID] else {
                throw EvaluationError(
                    "category_id \(annotation.categoryID) is not in categories", at: place,
                    remedy: "export the set again")
            }
            let box = annotation.bbox
            guard box.count == 4, box.allSatisfy({ $0.isFinite && abs($0) < 1e9 }), box[2] >= 0, box[3] >= 0 else {
                throw EvaluationError("bbox is not [x, y, width, height]", at: place, remedy: "correct it")
            }
            pictures[position].labels.append(
                .init(
                    className: name, box: Box(x: box[0], y: box[1], width: box[2], height: box[3]),
                    isCrowd: annotation.iscrowd == 1, area: annotation.area))
        }
        var seen: Set<String> = []
        let classes = document.categories.sorted { $0.id < $1.id }.map(\.name).filter { seen.insert($0).inserted }
        return LabeledDataset(classes: classes, pictures: pictures)
    }

    private static func decode(_ file: URL) throws(EvaluationError) -> Document {
        let data = try LabelReader.bytes(file)
        do {
            return try JSONDecoder().decode(Document.self, from: data)
        } catch let error as DecodingError {
            let (path, reason) = Self.place(of: error)
            throw EvaluationError(
                "no COCO labels (\(reason))", at: path.isEmpty ? file.path : "\(file.path): \(path)",
                remedy: "a COCO file has images, annotations and categories")
        } catch {
            throw EvaluationError(
                "no COCO labels", at: file.path, remedy: "a COCO file has images, annotations and categories")
        }
    }

    /// Element and reason of a decoding error.
    static func place(of error: DecodingError) -> (path: String, reason: String) {
        func path(_ keys: [any CodingKey]) -> String {
            keys.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context): return (path(context.codingPath), "\(key.stringValue) is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return (path(context.codingPath), "wrong type")
        case .dataCorrupted(let context): return (path(context.codingPath), context.debugDescription)
        @unknown default: return ("", "not understood")
        }
    }
}
