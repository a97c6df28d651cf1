import Agent
import Foundation

/// Shows a transfer on standard error: a bar with rate and time left on a terminal, a line every few seconds elsewhere.
final class TransferMeter: @unchecked Sendable {
    // Sendable: everything that changes is only touched under `lock`.
    private let lock = NSLock()
    private let begin = ContinuousClock.now
    private var first: Int64?
    private var lastSeconds = 0.0
    private let isTerminal = Console.errorIsTerminal

    func show(_ progress: ModelDesk.Progress) {
        lock.withLock {
            let seconds = (ContinuousClock.now - begin) / .seconds(1)
            if first == nil { first = progress.bytesDone }
            guard seconds - lastSeconds >= (isTerminal ? 0.1 : 5) else { return }
            lastSeconds = seconds
            let rate = Double(progress.bytesDone - (first ?? 0)) / max(seconds, 0.001)
            let share = progress.bytesTotal > 0 ? Double(progress.bytesDone) / Double(progress.bytesTotal) : 1
            let filled = Int(min(1, share) * 24)
            var text = "\(progress.file) ["
            text += String(repeating: "#", count: filled) + String(repeating: ".", count: 24 - filled)
            text += "] \(Int(share * 100)) %, \(Int(rate / 1000)) kB/s"
            if rate > 0 { text += ", \(Int(Double(progress.bytesTotal - progress.bytesDone) / rate)) s left" }
            Console.status(isTerminal ? "\r\u{1B}[K\(text)" : text + "\n")
        }
    }

    func finish() { if isTerminal { Console.status("\r\u{1B}[K") } }
}
