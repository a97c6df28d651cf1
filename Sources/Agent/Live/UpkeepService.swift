import Foundation
import Logging
import Outbox
import ServiceLifecycle
import ShrikeCore

/// Keeps the outbox in order while the agent runs: quotas, reserve, record.
struct UpkeepService: Service {
    let outbox: Outbox
    let folder: String
    let reserveBytes: Int
    let metrics: AgentMetrics
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var wasLacking = false
            var isFirst = true
            repeat {
                do {
                    let upkeep = try await outbox.maintain(mayGrow: hasRoom, sizesLog: isFirst)
                    isFirst = false
                    for gap in upkeep.gaps {
                        metrics.dropped(gap)
                        logger.error(
                            "\(gap.sequences.count) alerts were dropped and announced (\(gap.reason.rawValue))")
                    }
                    metrics.reserve(bytes: upkeep.reserveBytes)
                    if upkeep.lacksReserve != wasLacking {
                        wasLacking = upkeep.lacksReserve
                        logger.log(
                            level: wasLacking ? .warning : .notice,
                            wasLacking
                                ? "the disk has no room for the reserve of alerts: free space, or lower outbox.reserve_bytes"
                                : "the reserve of alerts is whole again")
                    }
                } catch {
                    // The agent ends in the middle of it.
                    if Task.isCancelled { break }
                    metrics.outboxFailed()
                    logger.error("the outbox cannot be kept in order: \(error)")
                }
            } while (try? await Task.sleep(for: .seconds(5))) != nil
        }
    }

    /// Twice the reserve must be free: the rest is for whatever else lives on this disk.
    private var hasRoom: Bool { FileSystemSpace.free(at: folder) > 2 * reserveBytes }
}

/// Room on a file system.
enum FileSystemSpace {
    /// Bytes free for this user; 0 where it cannot be told.
    static func free(at path: String) -> Int {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return 0 }
        return Int(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
    }
}
