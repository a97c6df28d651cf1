import Foundation

/// What a process said so far, and how it ended.
final class ProcessRecord: @unchecked Sendable {
    // Proof: everything that changes is only touched under `lock`.
    private let lock = NSLock()
    private var outputLines: [String] = []
    private var errorLines: [String] = []
    private var runningID: Int32?
    private var endingValue: ShrikeProcess.Ending?

    var output: [String] { lock.withLock { outputLines } }
    var errors: [String] { lock.withLock { errorLines } }
    var ending: ShrikeProcess.Ending? { lock.withLock { endingValue } }

    func addOutput(_ line: String) { lock.withLock { outputLines.append(Self.text(line)) } }

    func addError(_ line: String) { lock.withLock { errorLines.append(Self.text(line)) } }

    func began(_ id: Int32) { lock.withLock { runningID = id } }

    func ended(_ ending: ShrikeProcess.Ending) { lock.withLock { (endingValue, runningID) = (ending, nil) } }

    /// Sends a signal, unless it has ended.
    func signal(_ number: Int32) { lock.withLock { if let runningID { _ = kill(runningID, number) } } }

    private static func text(_ line: String) -> String { line.hasSuffix("\n") ? String(line.dropLast()) : line }
}
