public import Foundation
internal import ShrikeCore

/// Writes labelled data in the formats people go on with.
public struct LabelWriter: Sendable {
    public enum Format: String, Sendable, CaseIterable { case coco, yolo, cvat, folders }

    private let dataset: LabeledDataset

    /// - Parameter dataset: boxes in pixels and sizes known, see ``LabeledDataset/Picture/inPixels(width:height:)``.
    public init(_ dataset: LabeledDataset) {
        precondition(dataset.pictures.allSatisfy { !$0.isRelative && $0.width > 0 && $0.height > 0 }, "sizes known")
        self.dataset = dataset
    }

    /// Writes labels, and puts copies of the pictures beside them.
    ///
    /// - Parameters:
    ///   - folder: must not exist.
    ///   - files: of the pictures, in their order.
    /// - Throws: ``EvaluationError``.
    public func write(_ format: Format, to folder: URL, files: [String]) throws(EvaluationError) {
        precondition(files.count == dataset.pictures.count, "a file for each picture")
        guard !FileManager.default.fileExists(atPath: folder.path) else {
            throw EvaluationError("output is there already", at: folder.path, remedy: "name a new folder")
        }
        let hasClasses = dataset.pictures.contains { $0.className != nil }
        guard format == .cvat || hasClasses == (format == .folders) else {
            throw EvaluationError(
                hasClasses ? "labels are classes of whole pictures" : "labels are boxes, not classes of pictures",
                at: format.rawValue, remedy: hasClasses ? "use cvat or folders" : "use coco, yolo or cvat")
        }
        let names = try placed(format, files)
        for (name, file) in zip(names, files) { try copy(file, to: folder.appending(path: name)) }
        switch format {
        case .coco: try save(coco(names).canonicalText, folder.appending(path: "labels.json"))
        case .cvat: try save(cvat(names), folder.appending(path: "annotations.xml"))
        case .yolo: try writeYOLO(names, to: folder)
        case .folders: break
        }
    }

    /// Paths of the pictures below the output folder, each once.
    private func placed(_ format: Format, _ files: [String]) throws(EvaluationError) -> [String] {
        var used: Set<String> = []
        var names: [String] = []
        for (picture, file) in zip(dataset.pictures, files) {
            let url = URL(filePath: file)
            let (stem, ending) = (url.deletingPathExtension().lastPathComponent, url.pathExtension)
            let folder = format == .folders ? picture.className ?? "" : "images"
            guard !folder.isEmpty, !folder.contains("/"), folder != "..", folder != "." else {
                throw EvaluationError(
                    "class '\(folder)' cannot be the name of a folder", at: picture.fileName, remedy: "rename the class"
                )
            }
            var name = "\(folder)/\(stem)"
            var copy = 2
            while !used.insert(name).inserted {
                name = "\(folder)/\(stem)-\(copy)"
                copy += 1
            }
            names.append("\(name).\(ending)")
        }
        return names
    }

    private func copy(_ file: String, to target: URL) throws(EvaluationError) {
        let files = FileManager.default
        do {
            try files.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try files.copyItem(atPath: file, toPath: target.path)
        } catch {
            throw EvaluationError(
                "picture cannot be copied", at: "\(file) to \(target.path)", remedy: "check space and permissions")
        }
    }

    private func save(_ text: String, _ file: URL) throws(EvaluationError) {
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        } catch {
            throw EvaluationError("file cannot be written", at: file.path, remedy: "check space and permissions")
        }
    }

    private func number(_ value: Double) -> JSONValue { .number(value, decimals: 4) }

    private func coco(_ names: [String]) -> JSONValue {
        var annotations: [JSONValue] = []
        for (position, picture) in dataset.pictures.enumerated() {
            for label in picture.labels {
                var fields: [String: JSONValue] = [
                    "id": .integer(Int64(annotations.count + 1)), "image_id": .integer(Int64(position + 1)),
                    "category_id": .integer(Int64((dataset.classes.firstIndex(of: label.className) ?? 0) + 1)),
                    "bbox": .array([label.box.x, label.box.y, label.box.width, label.box.height].map(number)),
                    "area": number(label.area), "iscrowd": .integer(label.isCrowd ? 1 : 0),
                ]
                if case .polygon(let points) = label.region {
                    fields["segmentation"] = .array([.array(points.flatMap { [number($0.x), number($0.y)] })])
                }
                annotations.append(.object(fields))
            }
        }
        return .object([
            "images": .array(
                zip(names, dataset.pictures).enumerated().map { position, picture in
                    .object([
                        "id": .integer(Int64(position + 1)), "file_name": .string(picture.0),
                        "width": .integer(Int64(picture.1.width)), "height": .integer(Int64(picture.1.height)),
                    ])
                }),
            "annotations": .array(annotations),
            "categories": .array(
                dataset.classes.enumerated().map { position, name in
                    .object(["id": .integer(Int64(position + 1)), "name": .string(name)])
                }),
        ])
    }

    private func writeYOLO(_ names: [String], to folder: URL) throws(EvaluationError) {
        let list = dataset.classes.enumerated().map { position, name in
            "  \(position): \"\(name.replacing("\"", with: ""))\"\n"
        }
        try save(
            "path: .\ntrain: images\nval: images\nnc: \(dataset.classes.count)\nnames:\n\(list.joined())",
            folder.appending(path: "data.yaml"))
        for (name, picture) in zip(names, dataset.pictures) {
            let (w, h) = (Double(picture.width), Double(picture.height))
            let lines = picture.labels.map { label in
                var values = [
                    label.box.center.x / w, label.box.center.y / h, label.box.width / w, label.box.height / h,
                ]
                if case .polygon(let points) = label.region { values = points.flatMap { [$0.x / w, $0.y / h] } }
                let numbers = values.map { JSONValue.number($0, decimals: 8).canonicalText }
                let index = dataset.classes.firstIndex(of: label.className) ?? 0
                return "\(index) \(numbers.joined(separator: " "))\n"
            }
            let stem = URL(filePath: name).deletingPathExtension().lastPathComponent
            try save(lines.joined(), folder.appending(path: "labels/\(stem).txt"))
        }
    }

    private func cvat(_ names: [String]) -> String {
        var text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n"
        text += "  <meta><job><labels>\n"
        for name in dataset.classes { text += "    <label><name>\(escaped(name))</name></label>\n" }
        text += "  </labels></job></meta>\n"
        for (position, (name, picture)) in zip(names, dataset.pictures).enumerated() {
            text += "  <image id=\"\(position)\" name=\"\(escaped(name))\" width=\"\(picture.width)\""
            text += " height=\"\(picture.height)\">\n"
            if let name = picture.className { text += "    <tag label=\"\(escaped(name))\" source=\"manual\"/>\n" }
            for label in picture.labels { text += "    \(shape(label))\n" }
            text += "  </image>\n"
        }
        return text + "</annotations>\n"
    }

    private func shape(_ label: LabeledDataset.Label) -> String {
        let common = "label=\"\(escaped(label.className))\" source=\"manual\" occluded=\"0\""
        func text(_ value: Double) -> String { number(value).canonicalText }
        if case .polygon(let points) = label.region {
            let list = points.map { "\(text($0.x)),\(text($0.y))" }.joined(separator: ";")
            return "<polygon \(common) points=\"\(list)\" z_order=\"0\"/>"
        }
        let box = label.box
        return
            "<box \(common) xtl=\"\(text(box.left))\" ytl=\"\(text(box.top))\" xbr=\"\(text(box.right))\" ybr=\"\(text(box.bottom))\" z_order=\"0\"/>"
    }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }
}
