import Foundation
import Logging
import ServiceLifecycle

/// Gives systemd its sign of life as long as no stage of any pipeline hangs, and says which one does.
///
/// The sign is not a timer's: it is withheld while any frame, or any commit, has been under way for longer than the limit. Then
/// systemd ends and restarts the process, and the footage goes on at the stored cursor.
struct WatchdogService: Service {
    let board: ProgressBoard
    let notifier: ServiceNotifier
    /// Longest time that a piece of work may take.
    let limit: Duration
    let metrics: AgentMetrics
    let logger: Logger

    func run() async throws {
        notifier.send("READY=1\nSTATUS=watching")
        let interval = min(notifier.watchdog.map { $0 / 3 } ?? .seconds(5), .seconds(5))
        await cancelWhenGracefulShutdown {
            var reported: Set<ProgressBoard.Work> = []
            repeat {
                let stuck = board.stuck(longerThan: limit)
                metrics.stuck(stuck.count)
                for work in stuck where reported.insert(work).inserted {
                    logger.error(
                        "stage \(work.stage) hangs since \(ContinuousClock.now - work.since)",
                        metadata: ["source": "\(work.source)"])
                }
                reported.formIntersection(stuck)
                if stuck.isEmpty {
                    if notifier.watchdog != nil { notifier.send("WATCHDOG=1") }
                } else if let first = stuck.first {
                    notifier.send("STATUS=stage \(first.stage) of \(first.source) hangs")
                }
            } while (try? await Task.sleep(for: interval)) != nil
        }
        notifier.send("STOPPING=1")
    }
}
