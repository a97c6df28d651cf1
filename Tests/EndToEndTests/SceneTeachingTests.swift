import Foundation
import ShrikeCore
import TestKit
import Testing

/// Scenes taught through the built program, on the real base.
@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable && BaseWeights.file != nil))
struct SceneTeachingTests {
    private let folder: TestFolder
    private let pictures: TaughtPictures

    init() throws {
        folder = try TestFolder()
        pictures = TaughtPictures(folder: folder)
    }

    private func shrike(_ arguments: [String], store: String = "models") async throws -> ShrikeProcess.Result {
        try await ShrikeProcess.run(arguments, environment: ["SHRIKE_MODELS": folder.path(store)])
    }

    /// Runs a command that must work, and gives its JSON answer.
    @discardableResult
    private func answer(_ arguments: [String], store: String = "models", ending: Int32 = 0) async throws -> JSONValue {
        let result = try await shrike(arguments + ["--json"], store: store)
        try #require(result.ending == .exited(ending), "\(arguments): \(result.errors) \(result.output)")
        return try JSONValue(parsing: Array(result.output.joined(separator: "\n").utf8))
    }

    private func importBase(into store: String = "models") async throws {
        let file = try #require(BaseWeights.file)
        let made = try await shrike(["base", "import", file, "--input", "64x64"], store: store)
        try #require(made.ending == .exited(0), "\(made.errors)")
    }

    /// Digests of a version's files.
    private func files(_ scene: String, store: String = "models") async throws -> [String: String] {
        let shown = try await answer(["bundle", "show", scene], store: store)
        let files = shown["chain"]?.arrayValue?.first?["files"]?.arrayValue ?? []
        return Dictionary(
            uniqueKeysWithValues: files.map { ($0["file"]?.stringValue ?? "", $0["digest"]?.stringValue ?? "") })
    }

    @Test func `a class is added and taken back, and nothing is left of it`() async throws {
        try await importBase()
        try pictures.write(0, count: 12, seed: 1, to: "two/stripes")
        try pictures.write(1, count: 12, seed: 1, to: "two/dots")
        try pictures.write(2, count: 6, seed: 1, to: "more/checks")
        let first = try await answer(["scene", "new", "kind", "--data", folder.path("two")])
        #expect(first["accepted"]?.boolValue == true && first["reference"]?.stringValue == "kind:1")
        #expect(first["classes"]?["dots"]?.integerValue == 12)
        #expect(first["gate"]?["pictures"]?.integerValue == 24)
        let second = try await answer(["scene", "teach", "kind", "--data", folder.path("more"), "--format", "folders"])
        #expect(second["reference"]?.stringValue == "kind:2")
        let shown = try await shrike(["scene", "show", "kind:2"])
        #expect(
            shown.output.contains { $0.contains("taught: classes, 30 pictures (checks 6, dots 12, stripes 12)") },
            "\(shown.output)")
        let third = try await answer(["scene", "forget", "kind", "--class", "checks"])
        #expect(third["reference"]?.stringValue == "kind:3")
        let (before, between, after) = (try await files("kind:1"), try await files("kind:2"), try await files("kind:3"))
        for file in ["heads.safetensors", "statistics.safetensors"] {
            #expect(before[file] == after[file], "bit by bit as if the class had never been taught: \(file)")
            #expect(before[file] != between[file])
        }

        // What was not taught is answered rightly, and golden pictures prove the bundle.
        for look in 0..<3 {
            try pictures.write(look, count: 8, seed: 9, to: "check/\(["stripes", "dots", "checks"][look])")
        }
        let figures = try await answer(["evaluate", "--scene", "kind:2", "--data", folder.path("check")])
        #expect(figures["classification"]?["macro_f1"]?.doubleValue ?? 0 > 0.9, "\(figures.canonicalText)")
        let verdict = try await answer(["bundle", "verify", "kind:2"])
        #expect(verdict["golden"]?["pictures"]?.integerValue == 6)
        let proven = try await answer(["scene", "test", "kind:2", "--data", folder.path("check"), "--gate", "0.9"])
        #expect(proven["verdict"]?["golden"]?["pictures"]?.integerValue == 6)
        #expect(proven["evaluation"]?["classification"] == figures["classification"])
        // The version that was taught checks forgot neither of the others; the one after it forgot checks.
        let page = folder.path("page.html")
        let versions = try await answer([
            "evaluate", "--scene", "kind:3", "--before", "kind:1", "kind:2", "--data", folder.path("check"), "--page",
            page,
        ])
        let lost = versions["forgetting"]?["classes"]?["checks"]?["forgetting"]?.doubleValue ?? 0
        #expect(lost > 0.9 && versions["before"]?.arrayValue?.count == 2, "\(versions.canonicalText)")
        let html = try String(contentsOfFile: page, encoding: .utf8)
        for words in ["<svg", "Calibration", "Right class (rows) and found class", "kind:2", "forgotten"] {
            #expect(html.contains(words), "\(words)")
        }
        let gate = try await shrike(["evaluate", "--scene", "kind:1", "--data", folder.path("check"), "--gate", "0.95"])
        #expect(gate.ending == .exited(3), "the first version knows no checks")
    }

    @Test func `two gateways learn together without a picture`() async throws {
        try await importBase()
        try pictures.write(0, count: 8, seed: 1, to: "two/stripes")
        try pictures.write(1, count: 8, seed: 1, to: "two/dots")
        for (look, name) in [(2, "checks"), (3, "gradient")] {
            try pictures.write(look, count: 5, seed: 2, to: "\(name)/\(name)")
            try pictures.write(look, count: 5, seed: 2, to: "both/\(name)")
        }
        try await answer(["scene", "new", "kind", "--data", folder.path("two")])
        let (here, there) = ("oci:\(folder.path("models")):kind:1", folder.path("there"))
        try await answer(["bundle", "pull", here], store: "there")
        try await answer(["bundle", "pull", here], store: "alone")
        let folders = ["--format", "folders", "--tolerance", "1"]
        try await answer(["scene", "teach", "kind", "--data", folder.path("checks")] + folders)
        try await answer(["scene", "teach", "kind", "--data", folder.path("gradient")] + folders, store: "there")
        let merged = try await answer(["scene", "merge", "kind", "oci:\(there):kind:2", "--tolerance", "1"])
        #expect(merged["pictures"]?.integerValue == 26)
        try await answer(["scene", "teach", "kind", "--data", folder.path("both")] + folders, store: "alone")
        let (joined, alone) = (try await files("kind:3"), try await files("kind:2", store: "alone"))
        for file in ["heads.safetensors", "statistics.safetensors"] { #expect(joined[file] == alone[file]) }
        let again = try await shrike(["scene", "merge", "kind", "oci:\(there):kind:2"])
        #expect(again.ending == .exited(1) && again.errors.last?.contains("brings no new picture") == true)
    }

    @Test func `the gate refuses what harms a class, and mistakes get one line`() async throws {
        try await importBase()
        try pictures.write(0, count: 12, seed: 1, to: "two/stripes")
        try pictures.write(1, count: 12, seed: 1, to: "two/dots")
        try await answer(["scene", "new", "kind", "--data", folder.path("two")])
        // Dots that are called stripes.
        try pictures.write(1, count: 30, seed: 3, to: "wrong/stripes")
        try pictures.write(0, count: 1, seed: 3, to: "wrong/dots")
        let refused = try await answer(["scene", "teach", "kind", "--data", folder.path("wrong")], ending: 3)
        #expect(refused["accepted"]?.boolValue == false)
        #expect(refused["gate"]?["changed_pictures"]?.arrayValue?.isEmpty == false)
        let list = try await shrike(["scene", "list"])
        #expect(list.output.count { $0.hasPrefix("kind:") } == 1)

        for (arguments, words) in [
            (["scene", "new", "kind", "--data", folder.path("two")], "there is a scene 'kind' already"),
            (["scene", "teach", "kind", "--data", folder.path("two")], "were taught before"),
            (["scene", "teach", "nothing", "--data", folder.path("two")], "no scene 'nothing'"),
            (["scene", "forget", "kind", "--pictures", "nowhere.png"], "picture was not taught"),
            (["scene", "forget", "kind", "--class", "holes"], "was taught no class 'holes'"),
            (["scene", "new", "other", "--data", folder.path("two/dots")], "no labels found"),
            (["scene", "new", "other", "--base", "none:1", "--data", folder.path("two")], "no bundle none:1"),
        ] {
            let result = try await shrike(arguments)
            #expect(result.ending == .exited(1), "\(arguments)")
            let told = result.errors.filter { $0.hasPrefix("shrike: ") }
            #expect(told.count == 1 && told[0].contains(words), "\(result.errors)")
        }
    }

    @Test func `boxes are taught in any order to the same bits, and found`() async throws {
        try await importBase()
        try pictures.writeSquares(count: 10, seed: 1, to: "first")
        try pictures.writeSquares(count: 6, seed: 2, to: "second")
        try pictures.writeSquares(count: 12, seed: 3, to: "check")
        let new = ["scene", "new", "squares", "--input", "96x96", "--data"]
        let made = try await answer(new + [folder.path("first")])
        #expect(made["task"]?.stringValue == "boxes" && made["classes"]?["bright"]?.integerValue == 5)
        let figures = try await answer(["evaluate", "--scene", "squares:1", "--data", folder.path("check")])
        let found = figures["metrics"]?["total"]?["map50"]?.doubleValue ?? 0
        #expect(found > 0.5, "\(figures.canonicalText)")
        // Average precision ranks all boxes, also those too weak for an alert.
        let weakest = figures["metrics"]?["reliability"]?["bins"]?.arrayValue?.first?["score"]?.doubleValue
        #expect(weakest ?? 1 < 0.1, "\(figures.canonicalText)")
        let loose = ["--tolerance", "1"]
        try await answer(["scene", "teach", "squares", "--data", folder.path("second")] + loose)
        try await answer(["scene", "forget", "squares", "--pictures", "2-0.png", "--as", "9"] + loose)

        try await importBase(into: "other")
        try await answer(new + [folder.path("second")], store: "other")
        try await answer(["scene", "teach", "squares", "--data", folder.path("first")] + loose, store: "other")
        let (here, there) = (try await files("squares:2"), try await files("squares:2", store: "other"))
        #expect(here["heads.safetensors"] == there["heads.safetensors"])

        // The old head goes on: sooner done, other bits, and as useful.
        let quickly = ["scene", "teach", "squares:1", "--data", folder.path("second"), "--quick", "--as", "10"]
        try await answer(quickly + loose)
        #expect(try await files("squares:10")["heads.safetensors"] != here["heads.safetensors"])
        let quick = try await answer(["evaluate", "--scene", "squares:10", "--data", folder.path("check")])
        #expect(quick["metrics"]?["total"]?["map50"]?.doubleValue ?? 0 > 0.5, "\(quick.canonicalText)")
        let away = try await shrike(["scene", "teach", "squares", "--data", folder.path("check")], store: "empty")
        #expect(away.ending == .exited(1) && away.errors.last?.contains("no scene 'squares'") == true)
    }

    @Test func `what is usual is taught from footage, and what is not stands out`() async throws {
        try await importBase()
        try pictures.write(0, count: 24, seed: 1, to: "usual")
        try pictures.write(0, count: 6, seed: 2, to: "more")
        let made = try await answer(["scene", "new", "line", "--normal", folder.path("usual")])
        #expect(made["task"]?.stringValue == "normality" && made["pictures"]?.integerValue == 24)
        try await answer(["scene", "teach", "line", "--normal", folder.path("more")])
        try await answer(["scene", "forget", "line", "--normal", folder.path("more")])
        let (before, after) = (try await files("line:1"), try await files("line:3"))
        #expect(before["statistics.safetensors"] == after["statistics.safetensors"])
        #expect(before["heads.safetensors"] == after["heads.safetensors"])

        try pictures.write(0, count: 10, seed: 5, to: "check/good")
        try pictures.write(1, count: 10, seed: 5, to: "check/unusual")
        let figures = try await answer(["evaluate", "--scene", "line:1", "--data", folder.path("check")])
        #expect(figures["classification"]?["macro_f1"]?.doubleValue ?? 0 > 0.9, "\(figures.canonicalText)")
        #expect(figures["screening"]?["picture_auroc"]?.doubleValue ?? 0 > 0.99, "\(figures.canonicalText)")
        #expect(figures["false_alarms"]?["of"]?.integerValue == 10)
        try FileManager.default.moveItem(atPath: folder.path("check/good"), toPath: folder.path("check/new"))
        let named = ["evaluate", "--scene", "line:1", "--data", folder.path("check"), "--normal-class", "new"]
        #expect(try await answer(named)["screening"] == figures["screening"])
        let proven = try await shrike(["scene", "test", "line"])
        #expect(proven.ending == .exited(0) && proven.output.contains { $0.contains("golden: 6 pictures") })
        let wrong = try await shrike(["scene", "forget", "line", "--normal", folder.path("check")])
        #expect(wrong.ending == .exited(1) && wrong.errors.last?.contains("none of the pictures was taught") == true)
    }
}
