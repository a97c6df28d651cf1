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
            var segmentation: Segmentation?

            enum CodingKeys: String, CodingKey {
                case bbox, iscrowd, area, segmentation
                case imageID = "image_id"
                case categoryID = "category_id"
            }
        }
        /// Polygons of one object; run-length codes, which crowds have, are not read: their boxes count.
        struct Segmentation: Decodable {
            var polygons: [[Double]]

            init(from decoder: any Decoder) throws {
                polygons = (try? decoder.singleValueContainer().decode([[Double]].self)) ?? []
            }

            /// Of an object in one piece.
            var region: LabelRegion? {
                guard polygons.count == 1, polygons[0].count >= 6, polygons[0].count.isMultiple(of: 2),
                    polygons[0].allSatisfy({ $0.isFinite && abs($0) < 1e9 })
                else { return nil }
                let numbers = polygons[0]
                return .polygon(
                    stride(from: 0, to: numbers.count, by: 2).map { Point(x: numbers[$0], y: numbers[$0 + 1]) })
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
        for (i, category) in document.categories.enumerated() {
            guard names.updateValue(category.name, forKey: category.id) == nil else {
                throw EvaluationError(
                    "id \(category.id) is there twice", at: "\(file.path): categories[\(i)]",
                    remedy: "export the set again")
            }
        }
        var pictures: [LabeledDataset.Picture] = []
        for (i, image) in document.images.enumerated() {
            guard positions.updateValue(pictures.count, forKey: image.id) == nil else {
                throw EvaluationError(
                    "id \(image.id) is there twice", at: "\(file.path): images[\(i)]", remedy: "export the set again")
            }
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
            if let area = annotation.area, !(0...1e18).contains(area) {
                throw EvaluationError("area is not above 0", at: place, remedy: "correct it or leave it out")
            }
            pictures[position].labels.append(
                .init(
                    className: name, box: Box(x: box[0], y: box[1], width: box[2], height: box[3]),
                    isCrowd: annotation.iscrowd == 1, area: annotation.area,
                    region: annotation.segmentation?.region))
        }
        var seen: Set<String> = []
        let classes = document.categories.sorted { $0.id < $1.id }.map(\.name).filter { seen.insert($0).inserted }
        return LabeledDataset(classes: classes, pictures: pictures)
    }

    private static func decode(_ file: URL) throws(EvaluationError) -> Document {
        try LabelReader.json(file, "COCO", remedy: "a COCO file has images, annotations and categories")
    }
}
