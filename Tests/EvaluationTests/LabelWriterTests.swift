import Evaluation
import Foundation
import Imaging
import Kernels
import ShrikeCore
import Testing

@Suite struct LabelWriterTests {
    private static let boxes = LabeledDataset(
        classes: ["crack", "rust & <\"worse\">"],
        pictures: [
            .init(
                fileName: "a.png", width: 200, height: 100,
                labels: [
                    .init(className: "crack", box: Box(x: 10.3, y: 20.25, width: 60, height: 30)),
                    .init(
                        className: "rust & <\"worse\">", box: Box(x: 100, y: 10, width: 50, height: 40),
                        region: .polygon([Point(x: 100, y: 10), Point(x: 150, y: 30), Point(x: 110, y: 50)])),
                ]),
            .init(fileName: "b.png", width: 50, height: 60),
        ])

    private func withPictures(
        _ dataset: LabeledDataset, _ body: (_ files: [String], _ out: URL) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "writer-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [String] = []
        for (number, picture) in dataset.pictures.enumerated() {
            // Two pictures of one name, from two folders.
            let file = folder.appending(path: "\(number)/same.png")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            var image = try Image(width: picture.width, height: picture.height)
            try image.fill(blue: Double(number))
            try Data(image.encoded(.png)).write(to: file)
            files.append(file.path)
        }
        try body(files, folder.appending(path: "out"))
    }

    @Test(arguments: [LabelWriter.Format.coco, .yolo, .cvat]) func boxesComeBack(_ format: LabelWriter.Format) throws {
        try withPictures(Self.boxes) { files, out in
            try LabelWriter(Self.boxes).write(format, to: out, files: files)
            #expect(try LabelReader.format(of: out).rawValue == format.rawValue)
            let read = try LabelReader.read(out)
            // YOLO's names know no quotation marks.
            let classes = Self.boxes.classes.map { format == .yolo ? $0.replacing("\"", with: "") : $0 }
            #expect(read.classes == classes)
            #expect(read.pictures.count == 2)
            let index = try PictureIndex(out)
            for (name, (expected, file)) in zip(["same", "same-2"], zip(Self.boxes.pictures, files)) {
                let picture = try #require(
                    read.pictures.first { $0.fileName.replacing(".png", with: "") == "images/\(name)" })
                let found = picture.inPixels(width: expected.width, height: expected.height)
                #expect(
                    try Data(contentsOf: URL(filePath: index.path(of: picture.fileName)))
                        == Data(contentsOf: URL(filePath: file)))
                #expect(found.labels.count == expected.labels.count)
                for (label, right) in zip(found.labels, expected.labels) {
                    #expect(
                        label.className
                            == (format == .yolo ? right.className.replacing("\"", with: "") : right.className))
                    #expect(label.box.iou(right.box) > 0.9999)
                    #expect((label.region == nil) == (right.region == nil))
                    #expect(label.runs(width: 200, height: 100) == right.runs(width: 200, height: 100))
                }
            }
        }
    }

    @Test(arguments: [LabelWriter.Format.folders, .cvat]) func classesComeBack(_ format: LabelWriter.Format) throws {
        let dataset = LabeledDataset(
            classes: ["ok", "scratch"],
            pictures: [
                .init(fileName: "a.png", width: 20, height: 10, className: "scratch"),
                .init(fileName: "b.png", width: 20, height: 10, className: "scratch"),
                .init(fileName: "c.png", width: 20, height: 10, className: "ok"),
            ])
        try withPictures(dataset) { files, out in
            try LabelWriter(dataset).write(format, to: out, files: files)
            let read = try LabelReader.read(out)
            #expect(read.classes == dataset.classes)
            #expect(read.pictures.map(\.className).sorted { ($0 ?? "") < ($1 ?? "") } == ["ok", "scratch", "scratch"])
            #expect(throws: EvaluationError.self) { try LabelWriter(dataset).write(format, to: out, files: files) }
            #expect(throws: EvaluationError.self) {
                try LabelWriter(dataset).write(.coco, to: out.appending(path: "x"), files: files)
            }
        }
    }

    @Test func masksBecomeObjects() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "masks-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder.appending(path: "masks/deep"), withIntermediateDirectories: true)
        var image = try Image(width: 9, height: 7, channels: 1)
        try image.fill(blue: 0)
        image.withUnsafeMutableBytes { bytes in
            // Two objects of value 1 that touch at a corner count as one; one of value 2.
            for (x, y) in [(1, 1), (2, 1), (3, 2)] { bytes[y * 9 + x] = 1 }
            for (x, y) in [(7, 4), (7, 5)] { bytes[y * 9 + x] = 2 }
        }
        try Data(image.encoded(.png)).write(to: folder.appending(path: "masks/deep/a.png"))
        try Data("Pixel Value, Class\n0, background\n1, water\n2, dirt\n".utf8)
            .write(to: folder.appending(path: "_classes.csv"))
        let read = try LabelReader.read(folder)
        #expect(read.classes == ["dirt", "water"])
        let picture = try #require(read.pictures.first)
        #expect(picture.fileName == "images/deep/a" && picture.width == 9 && picture.height == 7)
        #expect(picture.labels.map(\.className) == ["water", "dirt"])
        #expect(
            picture.labels.map(\.box) == [Box(x: 1, y: 1, width: 3, height: 2), Box(x: 7, y: 4, width: 1, height: 2)])
        #expect(picture.labels.map(\.area) == [3, 2])
        #expect(picture.labels[0].runs(width: 9, height: 7).map(\.count) == [2, 1])
        #expect(picture.labels[0].runs(width: 2, height: 7).map(\.count) == [1], "cut at the picture's edge")
    }

    /// Pixels whose centers lie inside, against plain even-odd counting.
    @Test func polygonsFillAsTheirCentersSay() {
        let star = (0..<5).map { step -> Point in
            let angle = Double(step) * 0.8 * Double.pi
            return Point(x: 20 + 17.3 * sin(angle), y: 18 - 17.3 * cos(angle))
        }
        let runs = LabelRegion.polygon(star).runs(width: 36, height: 30)
        var isFilled = Set<Int>()
        for run in runs { for x in run.left..<run.right { isFilled.insert(run.y * 36 + x) } }
        for y in 0..<30 {
            for x in 0..<36 {
                let (px, py) = (Double(x) + 0.5, Double(y) + 0.5)
                let crossings = star.indices.count { i in
                    let (a, b) = (star[i], star[(i + 1) % 5])
                    return (a.y <= py) != (b.y <= py) && a.x + (py - a.y) / (b.y - a.y) * (b.x - a.x) > px
                }
                #expect(isFilled.contains(y * 36 + x) == (crossings % 2 == 1), "\(x),\(y)")
            }
        }
    }
}
