import Agent
import ArgumentParser
import ShrikeCore

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "What became of the defects of one flight by the time of another.",
        discussion: """
            Compares two folders that `replay --out` left, from the same site: which defects are new, still there, grown, \
            and gone. The error of the places that each flight has as a whole is found and taken out first. A defect is \
            called gone only where the newer flight looked at its place; otherwise it was not seen again. Leaves diff.html \
            with the pictures side by side, and diff.json.
            """)

    @Argument(help: ArgumentHelp("Folder of the earlier run.", valueName: "baseline-dir"))
    var baseline: String

    @Argument(help: ArgumentHelp("Folder of the newer run.", valueName: "new-dir"))
    var new: String

    @Option(help: ArgumentHelp("Folder for the page; default: the newer run's.", valueName: "dir"))
    var out: String?

    @Option(help: ArgumentHelp("The site's defects.json, for its ids; it is not changed.", valueName: "file"))
    var record: String?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() async throws {
        let request = DiffRun(baseline: baseline, new: new, outputFolder: out, record: record)
        let result = try await Interruption.cancels { try await request.run() }
        Console.out(json ? result.json.canonicalText : result.text + "page  \(result.page)")
    }
}
