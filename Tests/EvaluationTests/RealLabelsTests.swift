import Evaluation
import Foundation
import Testing

private let shared = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/data")

/// Published data sets beside the project, where they are present.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: shared.path), "no ../shared beside the project"))
struct RealLabelsTests {
    @Test(arguments: [
        ("hit_uav", LabelReader.Format.voc), ("conveyor_belt", .yolo), ("railway_wagon", .yolo), ("bsdata", .labelme),
    ])
    func readsPublishedSets(name: String, format: LabelReader.Format) throws {
        let folder = shared.appending(path: name)
        #expect(try LabelReader.format(of: folder) == format)
        let set = try LabelReader.read(folder)
        #expect(set.pictures.count >= 50)
        #expect(set.labelCount >= set.pictures.count)
        #expect(!set.classes.isEmpty)
    }
}
