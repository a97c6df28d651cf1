import Foundation
import Glibc
import Subprocess

/// The built program (or another one) as a running process, whose lines, signals and end a test sees.
///
/// It ends with the test process, whatever becomes of that.
public final class ShrikeProcess: Sendable {
    /// How a process ended.
    public enum Ending: Hashable, Sendable {
        case exited(Int32)
        /// Ended by a signal: it crashed, or was killed.
        case signaled(Int32)
        /// Did not end in time, and was killed for that.
        case late
    }

    /// A process that has ended.
    public struct Result: Sendable {
        public var ending: Ending
        public var output: [String]
        public var errors: [String]
    }

    private let record = ProcessRecord()
    private let running: Task<Void, Never>

    /// The program under test: `SHRIKE_BINARY`, else the debug build of this package.
    public static var program: String {
        if let named = ProcessInfo.processInfo.environment["SHRIKE_BINARY"], !named.isEmpty { return named }
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return package.appending(path: ".build/debug/shrike").path
    }

    public static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// Starts it.
    ///
    /// - Parameter environment: variables that differ from the test's own.
    public init(
        _ arguments: [String], program: String = ShrikeProcess.program, environment: [String: String] = [:]
    ) async throws {
        let (begun, input) = AsyncStream.makeStream(of: Void.self)
        var changes: [Environment.Key: String?] = [:]
        for (name, value) in environment { if let key = Environment.Key(rawValue: name) { changes[key] = value } }
        let inherited = Environment.inherit.updating(changes)
        let record = record
        // Ended by `wait`, `kill` or `deinit`, which end the process it waits for.
        running = Task {
            let result = try? await Subprocess.run(
                .name("setpriv"), arguments: Arguments(["--pdeathsig", "KILL", program] + arguments),
                environment: inherited, input: .none, output: .sequence, error: .sequence
            ) { execution in
                record.began(execution.processIdentifier.value)
                input.finish()
                async let errors: Void = {
                    for try await line in execution.standardError.strings() { record.addError(line) }
                }()
                for try await line in execution.standardOutput.strings() { record.addOutput(line) }
                try await errors
            }
            input.finish()
            switch result?.terminationStatus {
            case .exited(let code): record.ended(.exited(code))
            case .signaled(let signal): record.ended(.signaled(signal))
            case nil: record.ended(.exited(-1))
            }
        }
        for await _ in begun {}
    }

    deinit { record.signal(SIGKILL) }

    /// Runs it to its end.
    public static func run(
        _ arguments: [String], program: String = ShrikeProcess.program, environment: [String: String] = [:],
        upTo limit: Duration = .seconds(120)
    ) async throws -> Result {
        let process = try await ShrikeProcess(
            arguments, program: program, environment: environment)
        let ending = await process.wait(upTo: limit)
        return Result(ending: ending, output: process.output, errors: process.errors)
    }

    /// Lines of standard output so far.
    public var output: [String] { record.output }

    /// Lines of standard error so far.
    public var errors: [String] { record.errors }

    /// How it ended; nil while it runs.
    public var ending: Ending? { record.ending }

    public func signal(_ number: Int32) { record.signal(number) }

    /// Waits for its end; kills it where that does not come in time.
    @discardableResult
    public func wait(upTo limit: Duration = .seconds(120)) async -> Ending {
        let isDone = await Self.holds(upTo: limit) { self.ending != nil }
        if !isDone { signal(SIGKILL) }
        await running.value
        return isDone ? ending ?? .late : .late
    }

    /// SIGKILL, and waits for the end.
    public func kill() async {
        signal(SIGKILL)
        await running.value
    }

    /// Waits until a line of standard error contains the text.
    public func logs(_ text: String, upTo limit: Duration = .seconds(30)) async -> Bool {
        await Self.holds(upTo: limit) { self.errors.contains { $0.contains(text) } }
    }

    /// Waits until the condition holds.
    ///
    /// - Returns: false where it did not within the time.
    public static func holds(upTo limit: Duration, _ condition: () async -> Bool) async -> Bool {
        await Patience.holds(within: limit, condition)
    }
}
