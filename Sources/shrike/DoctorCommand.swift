import Agent
import ArgumentParser
import ShrikeCore

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "What is installed, what is missing, what to type to mend it.")

    @Option(help: ArgumentHelp("Also look at this configuration: scenes, sources, folders, broker.", valueName: "file"))
    var config: String?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() async throws {
        let checks = await Doctor.examine(configurationPath: config)
        let isReady = !checks.contains { $0.verdict == .missing }
        if json {
            let document = JSONValue.object(["ready": .bool(isReady), "checks": .array(checks.map(\.json))])
            Console.out(document.canonicalText)
        } else {
            for check in checks {
                let mark = ["ok": "ok     ", "warning": "warning", "missing": "MISSING"][check.verdict.rawValue] ?? ""
                Console.out("\(mark)  \(check.name): \(check.finding)")
                if let remedy = check.remedy, check.verdict != .ok { Console.out("         -> \(remedy)") }
            }
            Console.out(isReady ? "Ready." : "Not ready: see MISSING above.")
        }
        if !isReady { throw ExitCode(1) }
    }
}
