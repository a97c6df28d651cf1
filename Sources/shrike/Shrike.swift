import Agent
import ArgumentParser
import Foundation

@main
struct Shrike: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shrike",
        abstract: "Finds defects in inspection footage at the edge and publishes alerts that are not lost.",
        version: AgentVersion.current,
        subcommands: [
            RunCommand.self, ReplayCommand.self, DiffCommand.self, AlertsCommand.self, EvaluateCommand.self,
            LabelsCommand.self,
            TelemetryCommand.self, JournalCommand.self, OrderCommand.self, BaseCommand.self, BundleCommand.self,
            SceneCommand.self, BenchCommand.self, DoctorCommand.self, GenerateCommand.self,
        ])

    /// Exit status: 0 done, 1 failed with one line, 3 worse than a gate, 64 usage, 130 interrupted.
    static func main() async {
        DecoderProgram.serveIfAsked()
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let code as ExitCode {
            exit(code: code.rawValue)
        } catch is CancellationError {
            exit(code: 130)
        } catch  where exitCode(for: error) == .validationFailure || error is CleanExit || isParserError(error) {
            exit(withError: error)
        } catch {
            Console.error("shrike: \(error)")
            exit(code: 1)
        }
        exit(code: 0)
    }

    private static func isParserError(_ error: any Error) -> Bool {
        exitCode(for: error) != .failure
    }

    /// Ends without running the destructors of libraries whose threads may still be busy.
    private static func exit(code: Int32) -> Never {
        fflush(nil)
        _exit(code)
    }
}
