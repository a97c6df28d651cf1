import Foundation
import ModelBundles
import ShrikeCore
import Testing

@Suite struct SceneLoaderTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "scene-\(UUID().uuidString)").path

    private func write(_ text: String, to name: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    }

    @Test func readsAWholeScene() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write("network", to: "net.onnx")
        try write(
            #"""
            {"format": 1, "name": "belt", "version": "3", "kind": "detector",
             "classes": [{"code": "tear", "names": {"en": "tear", "zh": "撕裂"}, "threshold": 0.4, "grade": "serious"}],
             "detector": {"network": "net.onnx", "decoder": "yolov8", "nms_iou": 0.6},
             "tiling": {"mode": "always", "size": 640, "overlap": 0.1},
             "persistence": {"hits": 2, "window": 4},
             "grade_rules": [{"id": "r", "classes": ["tear"], "quantity": "areaFraction", "at_least": {"critical": 0.2}}],
             "zones": [{"name": "edge", "role": "exclude", "polygon": [[0, 0], [0.1, 0], [0.1, 1]]}]}
            """#, to: "scene.json")
        let bundle = try SceneLoader.load(from: folder)
        #expect(bundle.definition.classes.first?.name(language: "zh") == "撕裂")
        #expect(bundle.definition.detector.nmsIoU == 0.6)
        #expect(bundle.definition.gradeRules.first?.atLeast == ["critical": 0.2])
        #expect(bundle.definition.zones.first?.polygon.vertices.count == 3)
        #expect(bundle.networkPath == folder + "/net.onnx")
        let digest = bundle.lineage.scene.digest
        #expect(digest.hasPrefix("sha256:"))
        try write("other network", to: "net.onnx")
        #expect(try SceneLoader.load(from: folder).lineage.scene.digest != digest)
    }

    @Test func namesEveryMistakeAtOnce() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write(
            #"""
            {"name": "a/b", "kind": "thermal", "classes": [{"code": "Hot Cell", "threshold": 2}, {"code": "x"}, {"code": "x"}],
             "persistence": {"hits": 9, "window": 3}, "zones": [{"name": "z", "polygon": [[0, 2]]}],
             "grade_rules": [{"id": "r", "classes": ["y"], "at_least": {"worst": 1}}], "detector": {"network": "../x"}}
            """#, to: "scene.json")
        let error = #expect(throws: BundleError.self) { try SceneLoader.load(from: folder) }
        for path in [
            "name", "classes[0].code", "classes[0].threshold", "classes", "persistence.hits", "zones[0].polygon[0]",
            "zones[0].polygon", "grade_rules[0].at_least", "grade_rules[0].at_least.worst", "grade_rules[0].classes",
            "detector.network",
        ] {
            #expect(error?.what.contains(path + ":") == true, "\(path) is not named")
        }
    }

    @Test func readsHeads() throws {
        let document = try JSONValue(
            parsing: Data(
                #"""
                {"name": "belt", "kind": "heads", "classes": [{"code": "odd"}, {"code": "tear"}],
                 "heads": {"base": "lite0:1", "input": {"width": 320, "height": 256}, "precision": "int8", "placement": "center",
                  "normality": {"tap": "stage5", "class": "odd", "center": 12.5, "spread": 2},
                  "classifier": {"taps": ["stage3"], "scope": "regions", "classes": ["normal", "tear"], "sharpness": 3,
                    "unknown": {"class": "odd", "center": 2.5, "spread": 0.25}},
                  "boxes": [{"taps": ["stage5", "stage7"], "classes": ["tear"], "nms_iou": 0.5},
                            {"taps": ["stage5"], "classes": ["odd"], "prefix": "more"}]}}
                """#.utf8), maximumBytes: 1 << 20)
        let scene = try SceneDocument.parse(document).get()
        #expect(scene.heads.base == "lite0:1" && scene.heads.precision == .int8 && scene.heads.placement == .center)
        #expect(scene.heads.input == HeadSettings.Input(width: 320, height: 256))
        #expect(scene.heads.taps == ["stage5", "stage3", "stage7"])
        #expect(scene.heads.normality?.center == 12.5 && scene.heads.classifier?.scope == .regions)
        #expect(scene.heads.boxes.map(\.prefix) == ["boxes", "more"] && scene.heads.boxes[1].nmsIoU == 0.6)
        #expect(scene.heads.classifier?.unknown == .init(className: "odd", center: 2.5, spread: 0.25))
        #expect(scene.tiling.mode == .off)
        var again = try #require(document.objectValue)
        again["heads"] = scene.heads.json
        #expect(try SceneDocument.parse(.object(again)).get().heads == scene.heads)
    }

    @Test func namesEveryMistakeOfHeads() throws {
        let document = try JSONValue(
            parsing: Data(
                #"""
                {"name": "belt", "kind": "heads", "classes": [{"code": "odd"}],
                 "heads": {"file": "../x", "input": {"width": 3}, "precision": "fp8", "colour": 1,
                  "normality": {"tap": "stage5", "class": "gone", "spread": 0},
                  "classifier": {"taps": [], "classes": ["normal", "crack", "crack"]},
                  "boxes": [{"taps": ["a", "b", "c", "d"], "classes": ["hole"], "prefix": "normality"}]}}
                """#.utf8), maximumBytes: 1 << 20)
        guard case .failure(let error) = SceneDocument.parse(document) else {
            Issue.record("was read")
            return
        }
        let paths = Set(error.problems.map(\.path))
        for path in [
            "heads.file", "heads.input.width", "heads.precision", "heads.colour", "heads.normality.class",
            "heads.normality.center", "heads.normality.spread", "heads.classifier.taps", "heads.classifier.classes",
            "heads.classifier.classes[1]", "heads.boxes[0].taps", "heads.boxes[0].classes[0]", "heads",
        ] {
            #expect(paths.contains(path), "\(path) is not named")
        }
        let empty = try JSONValue(
            parsing: Data(#"{"name": "a", "kind": "heads", "classes": []}"#.utf8), maximumBytes: 1 << 20)
        let stray = try JSONValue(
            parsing: Data(#"{"name": "a", "kind": "thermal", "classes": [], "heads": {"precision": "int8"}}"#.utf8),
            maximumBytes: 1 << 20)
        for document in [empty, stray] {
            guard case .failure(let error) = SceneDocument.parse(document) else {
                Issue.record("was read")
                continue
            }
            #expect(error.problems.map(\.path) == ["heads"])
        }
    }

    @Test func aNetworkAloneIsASceneWithTheNamesBesideIt() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write("network", to: "my net.onnx")
        try write("Traffic Light\n\nperson\n", to: "my net.names")
        let bundle = try SceneLoader.load(from: folder + "/my net.onnx")
        #expect(bundle.definition.name == "my_net")
        #expect(bundle.definition.classes.map(\.code) == ["traffic_light", "person"])
    }

    @Test(arguments: ["", "/nowhere/at/all", "/etc/hostname"])
    func whatIsNoSceneIsOneClearError(path: String) {
        let error = #expect(throws: BundleError.self) { try SceneLoader.load(from: path) }
        #expect(error?.remedy.isEmpty == false)
    }

    @Test func unreadableDocumentsNameTheFile() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write("{\"name\": ", to: "scene.json")
        let error = #expect(throws: BundleError.self) { try SceneLoader.load(from: folder) }
        #expect(error?.place == folder + "/scene.json")
        try FileManager.default.removeItem(atPath: folder + "/scene.json")
        #expect(throws: BundleError.self) { try SceneLoader.load(from: folder) }
    }
}
