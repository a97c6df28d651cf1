import Foundation
import Logging
import Outbox
import ServiceLifecycle
import ShrikeCore

/// Keeps the outbox in order while the agent runs: quotas, reserve, record. Gives memory back that nobody uses.
struct UpkeepService: Service {
    let outbox: Outbox
    let folder: String
    let reserveBytes: Int
    let metrics: AgentMetrics
    let logger: Logger

    /// Rounds are of five seconds.
    private static let roundsToTrim = 12

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var wasLacking = false
            var round = 0
            repeat {
                do {
                    let upkeep = try await outbox.maintain(mayGrow: hasRoom, sizesLog: round == 0)
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
                if round % Self.roundsToTrim == 0 { FreeMemory.giveBack() }
                round += 1
            } while (try? await Task.sleep(for: .seconds(5))) != nil
        }
    }

    /// Twice the reserve must be free: the rest is for whatever else lives on this disk.
    private var hasRoom: Bool { FileSystemSpace.free(at: folder) > 2 * reserveBytes }
}

/// What the allocator holds and nobody uses.
enum FreeMemory {
    private static let trim = dlsym(nil, "malloc_trim").map {
        unsafeBitCast($0, to: (@convention(c) (Int) -> CInt).self)
    }

    /// glibc has a heap for each of many threads and keeps what a burst left free in each: 2 MiB times sixteen on two cores, over hours.
    static func giveBack() { _ = trim?(0) }
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
