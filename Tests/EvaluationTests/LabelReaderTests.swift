import Evaluation
import Foundation
import ShrikeCore
import Testing

@Suite struct LabelReaderTests {
    private func withFiles(_ files: [String: String], _ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "labels-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        try body(folder)
    }

    private static let voc = """
        <annotation><filename>a.jpg</filename><size><width>640</width><height>512</height></size>
        <object><name>Person</name><bndbox><xmin>10</xmin><ymin>20</ymin><xmax>40</xmax><ymax>80.5</ymax></bndbox></object>
        </annotation>
        """

    @Test func readsPascalVOC() throws {
        try withFiles(["labels/a.xml": Self.voc]) { folder in
            #expect(try LabelReader.format(of: folder) == .voc)
            let set = try LabelReader.read(folder)
            #expect(set.classes == ["Person"])
            #expect(set.pictures.first?.fileName == "a.jpg")
            #expect(set.pictures.first?.labels.first?.box == Box(x: 10, y: 20, width: 30, height: 60.5))
        }
    }

    @Test func readsYOLO() throws {
        let files = [
            "data.yaml": "nc: 2\nnames:\n  0: 'hole'\n  1: tear # long ones\npath: .\n",
            "labels/val/a.txt": "1 0.5 0.5 0.25 0.5\n\n0 0.1 0.1 0.3 0.1 0.3 0.4\n",
        ]
        try withFiles(files) { folder in
            let set = try LabelReader.read(folder)
            #expect(set.classes == ["hole", "tear"])
            let picture = try #require(set.pictures.first).inPixels(width: 400, height: 200)
            #expect(picture.fileName == "images/val/a")
            #expect(picture.labels.first == .init(className: "tear", box: Box(x: 150, y: 50, width: 100, height: 100)))
            #expect(picture.labels.last?.className == "hole")
        }
    }

    @Test(arguments: [
        "names: [hole, 'tear']", "names:\n- hole\n- \"tear\"\n", "names: {0: hole, 1: tear}",
        "names: [hole,\n  tear]\nnc: 2",
    ])
    func readsEveryFormOfNames(yaml: String) throws {
        try withFiles(["data.yaml": yaml]) { folder in
            let classes = try LabelReader.read(folder).classes
            #expect(classes == ["hole", "tear"])
        }
    }

    @Test func readsLabelMe() throws {
        let text = """
            {"shapes": [{"label": "pitting", "points": [[1, 2], [11, 2], [5, 22]], "shape_type": "polygon"},
            {"label": "pitting", "points": [[50, 50], [53, 54]], "shape_type": "circle"}],
            "imagePath": "..\\\\a.png", "imageWidth": 100, "imageHeight": 90}
            """
        try withFiles(["x/a.json": text]) { folder in
            let set = try LabelReader.read(folder)
            #expect(set.pictures.first?.fileName == "x/a.png")
            #expect(
                set.pictures.first?.labels.map(\.box) == [
                    Box(x: 1, y: 2, width: 10, height: 20), Box(x: 45, y: 45, width: 10, height: 10),
                ])
        }
    }

    @Test(arguments: [
        (["a.xml": "<annotation>\n<object><name>x</name></object></annotation>"], "line 2"),
        (["a.xml": "<annotation><object"], "a.xml"),
        (["data.yaml": "names: [a]", "labels/b.txt": "0 0.5 0.5 0.1 0.1\n7 0.5 0.5 0.1 0.1"], "b.txt line 2"),
        (["data.yaml": "names: [a]", "labels/b.txt": "0 0.5 nan 0.1 0.1"], "b.txt line 1"),
        (["data.yaml": "train: x"], "data.yaml"), (["data.yaml": "names: {0: a, 2: b}"], "line 1"),
        (["c.json": "{\"images\": [], \"annotations\": [{\"image_id\": 1}], \"categories\": []}"], "annotations.[0]"),
        (
            [
                "c.json":
                    "{\"images\": [{\"id\": 1, \"file_name\": \"a\"}], \"annotations\": [{\"image_id\": 1, \"category_id\": 9, \"bbox\": [1,2,3,4]}], \"categories\": []}"
            ], "annotations[0]"
        ),
        (["d.json": "{\"shapes\": [{\"label\": \"x\", \"points\": [[1, 2]]}]}"], "shapes[0]"),
        (["none.md": ""], "labels-"),
    ])
    func saysWhereLabelsAreWrong(files: [String: String], place: String) throws {
        try withFiles(files) { folder in
            let error = #expect(throws: EvaluationError.self) { try LabelReader.read(folder) }
            #expect(error?.place.contains(place) == true, "\(error?.description ?? "")")
            #expect(error?.remedy.isEmpty == false)
        }
    }
}
