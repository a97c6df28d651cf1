import Evaluation
import Foundation
import TestKit
import Testing

@Suite struct PictureIndexTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        for name in ["images/a.jpg", "images/b.PNG", "train/images/c.jpg", "one/d.jpg", "two/d.jpg", "labels/a.txt"] {
            try folder.write("x", to: name)
        }
    }

    @Test(arguments: [
        ("images/a.jpg", "images/a.jpg"), ("images/a", "images/a.jpg"), ("a.jpg", "images/a.jpg"),
        ("b.jpg", "images/b.PNG"), ("..\\images\\a.jpg", "images/a.jpg"), ("c", "train/images/c.jpg"),
        ("one/d", "one/d.jpg"), ("/somewhere/else/a.jpg", "images/a.jpg"),
    ])
    func findsWhatLabelsName(name: String, file: String) throws {
        let index = try PictureIndex(URL(filePath: folder.path("")))
        #expect(try index.path(of: name).hasSuffix("/" + file))
    }

    @Test func refusesWhatIsMissingOrAmbiguous() throws {
        let index = try PictureIndex(URL(filePath: folder.path("")))
        #expect(throws: EvaluationError.self) { try index.path(of: "nowhere.jpg") }
        #expect(throws: EvaluationError.self) { try index.path(of: "d.jpg") }
    }

    @Test func classFoldersAreToldFromLooking() throws {
        let classes = try TestFolder()
        for name in ["crack/1.jpg", "crack/deep/2.jpg", "good/3.png"] { try classes.write("x", to: name) }
        let location = URL(filePath: classes.path(""))
        #expect(try LabelReader.format(of: location) == .folders)
        let data = try LabelReader.read(location)
        #expect(data.classes == ["crack", "good"])
        #expect(data.pictures.map(\.className) == ["crack", "crack", "good"])
        try classes.write("x", to: "loose.jpg")
        #expect(throws: EvaluationError.self) { try LabelReader.read(location, format: .folders) }
        #expect(throws: EvaluationError.self) { try LabelReader.format(of: location) }
    }
}
