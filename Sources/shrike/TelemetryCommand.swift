import Agent
import ArgumentParser
import ShrikeCore

struct TelemetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "telemetry", abstract: "What a side-car, track, video or picture says of where the camera was.",
        discussion: """
            Reads what `replay` would read: DJI and Autel subtitles (.SRT, or inside of MP4 and MOV), MISB ST 0601 (.klv, or \
            inside of transport streams), GPX, CSV, EXIF and drone-dji XMP of pictures. Prints the variant, the first and last \
            pose, and everything that was left out or could not be told. Exit status 1 where a file holds no telemetry.
            """)

    @Argument(help: ArgumentHelp("Files.", valueName: "file"))
    var files: [String]

    @OptionGroup var telemetry: TelemetryArguments

    @Flag(help: "Print a table with a row per sample, as --telemetry of replay reads it.")
    var csv = false

    @Flag(help: "Print one JSON document a line instead of text.")
    var json = false

    func validate() throws {
        if files.isEmpty { throw ValidationError("name a file") }
        if csv, files.count > 1 || json { throw ValidationError("--csv takes one file and no --json") }
    }

    func run() async throws {
        var failed = false
        for file in files {
            do {
                let inspection = TelemetryInspection(path: file, options: telemetry.options(file: nil))
                let result = try await Interruption.cancels { try await inspection.run() }
                Console.out(json ? result.json.canonicalText : csv ? String(result.csv.dropLast()) : result.text)
            } catch let error as AgentError {
                failed = true
                Console.error("shrike: \(error)")
            }
        }
        if failed { throw ExitCode(1) }
    }
}
