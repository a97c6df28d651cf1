import Foundation
import ShrikeCore
import TestKit
import Testing

/// Labelled pictures through the built program: shown, parted, written in other formats.
@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable))
struct LabelCommandTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func answer(_ arguments: [String]) async throws -> JSONValue {
        let result = try await ShrikeProcess.run(["labels"] + arguments + ["--json"])
        try #require(result.ending == .exited(0), "\(arguments): \(result.errors)")
        return try JSONValue(parsing: Array(result.output.joined(separator: "\n").utf8))
    }

    @Test func `boxes are parted, exported and read again as they were`() async throws {
        let pictures = TaughtPictures(folder: folder)
        try pictures.writeSquares(count: 12, seed: 4, to: "all")
        let shown = try await answer(["show", folder.path("all")])
        #expect(shown["pictures"]?.integerValue == 12)
        let labels = shown["classes"]?.objectValue?.values.reduce(0) { $0 + ($1.integerValue ?? 0) }
        for format in ["coco", "yolo", "cvat"] {
            let made = try await answer(["export", folder.path("all"), "--to", format, "--output", folder.path(format)])
            #expect(made["pictures"]?.integerValue == 12)
            let again = try await answer(["show", folder.path(format)])
            #expect(again["format"]?.stringValue == format && again["classes"] == shown["classes"])
        }
        let parted = try await answer([
            "split", folder.path("yolo"), "--output", folder.path("parts"), "--test", "0.25", "--group-by", "^.*-[0-5]",
        ])
        #expect(parted["test"]?.integerValue ?? 0 > 0)
        var sum: Int64 = 0
        for part in ["train", "test"] {
            let shown = try await answer(["show", folder.path("parts/\(part)")])
            #expect(shown["pictures"] == parted[part])
            sum += shown["classes"]?.objectValue?.values.reduce(0) { $0 + ($1.integerValue ?? 0) } ?? 0
        }
        #expect(sum == labels)
        for (arguments, words) in [
            (["show", folder.path("nothing")], "no such file or folder"),
            (
                ["export", folder.path("all"), "--to", "coco", "--output", folder.path("coco")],
                "output is there already"
            ),
            (["export", folder.path("all"), "--to", "folders", "--output", folder.path("x")], "labels are boxes"),
            (
                ["export", folder.path("all"), "--to", "paper", "--output", folder.path("x")],
                "cannot be written like this"
            ),
            (
                ["split", folder.path("all"), "--output", folder.path("y"), "--group-by", "."],
                "cannot be parted like this"
            ),
        ] {
            let result = try await ShrikeProcess.run(["labels"] + arguments)
            #expect(result.ending == .exited(1), "\(arguments)")
            let told = result.errors.filter { $0.hasPrefix("shrike: ") }
            #expect(told.count == 1 && told[0].contains(words), "\(result.errors)")
        }
    }
}
