import Evaluation
import Foundation
import Imaging
import Testing

/// What is wrong in labels is told by file and line or element, never passed over.
@Suite struct MalformedLabelsTests {
    struct Variant: Sendable, CustomTestStringConvertible {
        var format: LabelReader.Format
        var file: String
        var text: String
        /// Begin of what follows the file in the place; empty where the whole file is meant.
        var place: String

        var testDescription: String { "\(format.rawValue): \(text.prefix(60))" }
    }

    private static func coco(
        images: String = #"[{"id": 1, "file_name": "a.jpg"}]"#, annotation: String,
        categories: String = #"[{"id": 1, "name": "crack"}]"#
    ) -> String { "{\"images\": \(images),\n\"annotations\": [\(annotation)],\n\"categories\": \(categories)}" }

    private static let coco: [(String, String)] = [
        ("{\"images\": [],\n\"annotations\": [}", "line 2"), ("[]", ""),
        (#"{"annotations": [], "categories": []}"#, ""),
        (#"{"images": [], "categories": []}"#, ""), (#"{"images": [], "annotations": []}"#, ""),
        (coco(annotation: #"{"image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4]}"#), "annotations[0]"),
        (coco(annotation: #"{"image_id": 1, "category_id": 7, "bbox": [1, 2, 3, 4]}"#), "annotations[0]"),
        (coco(annotation: #"{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3]}"#), "annotations[0]"),
        (coco(annotation: #"{"image_id": 1, "category_id": 1, "bbox": [1, 2, -3, 4]}"#), "annotations[0]"),
        (coco(annotation: #"{"image_id": 1, "category_id": 1, "bbox": [1e300, 2, 3, 4]}"#), "annotations[0]"),
        (coco(annotation: #"{"image_id": 1, "category_id": 1, "bbox": ["1", 2, 3, 4]}"#), "annotations.[0].bbox"),
        (coco(annotation: #"{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "area": -1}"#), "annotations[0]"),
        (coco(images: #"[{"id": 1}]"#, annotation: ""), "images.[0]"),
        (coco(images: #"[{"id": 1, "file_name": "a"}, {"id": 1, "file_name": "b"}]"#, annotation: ""), "images[1]"),
        (coco(annotation: "", categories: #"[{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]"#), "categories[1]"),
    ]

    private static func voc(_ object: String) -> String {
        "<annotation>\n<filename>a.jpg</filename>\n<object>\(object)</object>\n</annotation>"
    }
    private static let voc: [(String, String)] = [
        ("", "line"), ("<annotation>\n<object>", "line 2"), ("<annotation>\n<a></b>\n</annotation>", "line"),
        ("<other></other>", "line"), (voc(""), "line 3"), (voc("<name>a</name>"), "line 3"),
        (voc("<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox>"), "line 3"),
        (voc("<name>a</name><bndbox><xmin>one</xmin></bndbox>"), "line 3"),
        (voc("<name>a</name><bndbox><xmin>5</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox>"), "line 3"),
        (voc("<name>a</name><bndbox><xmin>nan</xmin></bndbox>"), "line 3"),
        (voc("<name>a</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>1e12</xmax><ymax>2</ymax></bndbox>"), "line 3"),
        ("<annotation>\n" + String(repeating: "<a>", count: 20), "line 2"),
    ]

    private static let yolo = [
        "1 0.5 0.5 0.1 0.1", "-1 0.5 0.5 0.1 0.1", "a 0.5 0.5 0.1 0.1", "0 0.5 0.5 0.1", "0 0.5 0.5 0.1 0.1 0.2",
        "0 0.5 0.5 x 0.1", "0 0.5 inf 0.1 0.1", "0 120 80 20 20", "0", "0.5 0.5 0.5 0.1 0.1",
        "0 0.1 0.1 0.2 0.2 nan 0.3",
        "0 0.5 0.5 -0.1 0.1",
    ].map { ("0 0.5 0.5 0.1 0.1\n\($0)\n", "line 2") }

    private static func labelme(_ shape: String) -> String { "{\"shapes\": [\(shape)],\n\"imagePath\": \"a.jpg\"}" }
    private static let labelme: [(String, String)] = [
        ("{\"shapes\":\n[}", "line 2"), (#"{"shapes": 3}"#, "shapes"), (labelme(#"{"label": "a"}"#), "shapes.[0]"),
        (labelme(#"{"points": [[1, 2], [3, 4]]}"#), "shapes.[0]"),
        (labelme(#"{"label": "a", "points": [[1, 2]]}"#), "shapes[0]"),
        (labelme(#"{"label": "a", "points": [[1], [2]]}"#), "shapes[0]"),
        (labelme(#"{"label": "a", "points": [[1, 2], [1, 9]]}"#), "shapes[0]"),
        (labelme(#"{"label": "a", "points": [["1", 2], [3, 4]]}"#), "shapes.[0].points"),
        (labelme(#"{"label": "a", "points": [[1e300, 2], [3, 4]]}"#), "shapes[0]"),
        (labelme(#"{"label": "a", "points": [[1, 2], [1, 2]], "shape_type": "circle"}"#), "shapes[0]"),
        (labelme(#"{"label": "", "points": [[1, 2], [3, 4]]}"#), "shapes[0]"),
    ]

    private static func cvat(_ shape: String, image: String = #"name="a.jpg" width="100" height="90""#) -> String {
        "<annotations>\n<image id=\"0\" \(image)>\n\(shape)\n</image>\n</annotations>"
    }
    private static let cvat: [(String, String)] = [
        ("", "line"), ("<annotations>\n<image", "line 2"), ("<other/>", "line 1"),
        (cvat("", image: #"width="100" height="90""#), "line 2"), (cvat("", image: #"name="a.jpg""#), "line 2"),
        (cvat("", image: #"name="a.jpg" width="-1" height="90""#), "line 2"),
        (cvat(#"<box xtl="1" ytl="1" xbr="2" ybr="2"/>"#), "line 3"), (cvat(#"<box label="a" xtl="1"/>"#), "line 3"),
        (cvat(#"<box label="a" xtl="5" ytl="1" xbr="2" ybr="2"/>"#), "line 3"),
        (cvat(#"<box label="a" xtl="nan" ytl="1" xbr="2" ybr="2"/>"#), "line 3"),
        (cvat(#"<polygon label="a" points="1,1;2,2"/>"#), "line 3"),
        (cvat(#"<polygon label="a" points="1,1;2,2;3"/>"#), "line 3"),
        (cvat(#"<skeleton label="a"/>"#), "line 3"),
    ]

    static let variants: [Variant] =
        coco.map { Variant(format: .coco, file: "labels.json", text: $0.0, place: $0.1) }
        + voc.map { Variant(format: .voc, file: "a.xml", text: $0.0, place: $0.1) }
        + yolo.map { Variant(format: .yolo, file: "labels/a.txt", text: $0.0, place: $0.1) }
        + labelme.map { Variant(format: .labelme, file: "a.json", text: $0.0, place: $0.1) }
        + cvat.map { Variant(format: .cvat, file: "annotations.xml", text: $0.0, place: $0.1) }

    /// Found by fuzzing: the parser of the system traps on an attribute that is no UTF-8.
    @Test(arguments: [LabelReader.Format.cvat, .voc]) func attributesThatAreNoTextAreTold(
        _ format: LabelReader.Format
    ) throws {
        try withFolder { folder in
            let file = folder.appending(path: "annotations.xml")
            var bytes = Data(#"<annotations><image name="a?.jpg" width="9" height="9"/></annotations>"#.utf8)
            for at in bytes.indices where bytes[at] == UInt8(ascii: "?") { bytes[at] = 0xE8 }
            try bytes.write(to: file)
            let error = #expect(throws: EvaluationError.self) { try LabelReader.read(folder, format: format) }
            #expect(error?.description.contains("UTF-8") == true, "\(error?.description ?? "")")
        }
    }

    @Test(arguments: variants) func isToldByFileAndPlace(_ variant: Variant) throws {
        try withFolder { folder in
            let file = folder.appending(path: variant.file)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(variant.text.utf8).write(to: file)
            if variant.format == .yolo {
                try Data("names: [crack]".utf8).write(to: folder.appending(path: "data.yaml"))
            }
            let error = #expect(throws: EvaluationError.self) {
                try LabelReader.read(folder, format: variant.format)
            }
            let place = error?.place ?? ""
            let name = try #require(variant.file.split(separator: "/").last)
            #expect(
                place.contains(name) && (variant.place.isEmpty || place.contains(variant.place)),
                "\(variant.text): \(error?.description ?? "")")
            #expect(error?.remedy.isEmpty == false)
        }
    }

    private static let mask: [UInt8] = {
        var image = try! Image(width: 8, height: 6, channels: 1)
        try! image.fill(blue: 3)
        return try! image.encoded(.png)
    }()

    @Test(arguments: 0..<10) func masksToo(_ variant: Int) throws {
        var mask = Self.mask
        var files: [String: [UInt8]] = ["classes.csv": Array("value, name\n3, crack\n".utf8)]
        switch variant {
        case 0: mask = []
        case 1: mask = Array("JFIF".utf8)
        case 2: mask.removeLast(mask.count / 2)
        case 3: mask[16] = 0x7F  // Two thousand million pixels wide.
        case 4: mask = try Image(width: 8, height: 6, channels: 3).encoded(.png)
        case 5: mask = try Image(width: 8, height: 6, channels: 1, depth: .uint16).encoded(.png)
        case 6: files["classes.csv"] = Array("value, name\n2, crack\n".utf8)
        case 7: files["classes.csv"] = Array("value, name\n300, crack\n".utf8)
        case 8: files["classes.csv"] = Array("value, name\n3\n".utf8)
        default: files["classes.csv"] = [0xFF, 0xFE]
        }
        files["masks/a.png"] = mask
        try withFolder { folder in
            for (name, bytes) in files {
                let file = folder.appending(path: name)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(bytes).write(to: file)
            }
            let error = #expect(throws: EvaluationError.self) { try LabelReader.read(folder) }
            let place = error?.place ?? ""
            #expect(
                place.contains(variant < 7 ? "a.png" : variant < 9 ? "classes.csv line 2" : "classes.csv"), "\(place)")
        }
    }

    @Test func classFoldersThatAreNone() throws {
        try withFolder { folder in
            let pictures = folder.appending(path: "train")
            try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
            #expect(throws: EvaluationError.self) { try LabelReader.read(folder, format: .folders) }
            try Data([1]).write(to: pictures.appending(path: "a.png"))
            let error = #expect(throws: EvaluationError.self) { try LabelReader.read(folder, format: .folders) }
            #expect(error?.place.hasSuffix("train/a.png") == true)
        }
    }

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "labels-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try body(folder)
    }
}
