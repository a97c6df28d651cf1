import Agent
import Foundation
import ShrikeCore

/// Shows a replay's progress on standard error: a line that is rewritten on a terminal, a line every few seconds elsewhere.
final class ProgressMeter: @unchecked Sendable {
    // Sendable: everything that changes is only touched under `lock`.
    private let lock = NSLock()
    private var lastLine = 0.0
    private var current = ""
    private var hasBegun = false
    private let isTerminal = Console.errorIsTerminal
    private static let secondsBetweenLines = 5.0

    /// - Parameter note: what stands before the line, e.g. the position of a replay that a person controls.
    func show(_ progress: ReplayProgress, note: String = "") {
        lock.withLock {
            if !hasBegun, progress.framesDone > progress.framesAnalyzed {
                let known = progress.framesDone - progress.framesAnalyzed
                Console.status("shrike: continues an earlier run: \(known) frames are done\n")
            }
            hasBegun = true
            let text = note + Self.text(progress)
            if isTerminal {
                current = text
                Console.status("\r\u{1B}[K\(text)")
            } else if progress.seconds - lastLine >= Self.secondsBetweenLines
                || progress.phase == .writing && lastLine > 0
            {
                lastLine = progress.seconds
                Console.status(text + "\n")
            }
        }
    }

    /// Prints lines of answers without mixing them with the progress line.
    func interleave(_ print: () -> Void) {
        lock.withLock {
            if !current.isEmpty { Console.status("\r\u{1B}[K") }
            print()
            if !current.isEmpty { Console.status(current) }
        }
    }

    func finish() {
        lock.withLock {
            if !current.isEmpty { Console.status("\r\u{1B}[K") }
            current = ""
        }
    }

    private static func text(_ progress: ReplayProgress) -> String {
        if progress.phase == .writing { return "writing the results" }
        let rate = progress.seconds > 0 ? Double(progress.framesAnalyzed) / progress.seconds : 0
        var text = progress.count > 1 ? "[\(progress.number)/\(progress.count)] " : ""
        text += progress.footage
        if let expected = progress.framesExpected, expected > 0 {
            let share = min(1, Double(progress.framesDone) / Double(expected))
            let filled = Int(share * 24)
            text += " [" + String(repeating: "#", count: filled) + String(repeating: ".", count: 24 - filled) + "]"
            text += " \(Int(share * 100)) %"
            if rate > 0 { text += ", \(duration(Double(max(0, expected - progress.framesDone)) / rate)) left" }
        } else {
            text += " \(progress.framesDone) frames"
        }
        return text + ", \(Self.rate(rate)), \(progress.defects) defect\(progress.defects == 1 ? "" : "s")"
    }

    /// Large stills take seconds each.
    private static func rate(_ perSecond: Double) -> String {
        perSecond >= 5 ? "\(Int(perSecond.rounded())) frames/s" : "\(Int((perSecond * 60).rounded())) frames/min"
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 1e9).rounded(.up))
        return whole < 60
            ? "\(whole) s"
            : whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}
