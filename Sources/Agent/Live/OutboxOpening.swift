import Foundation
import Logging
import Messaging
import Outbox
import ShrikeCore

/// Opens the outbox of a gateway as its configuration says, and tells what became of a damaged one.
enum OutboxOpening {
    static func open(_ configuration: GatewayConfiguration, topics: Topics, logger: Logger) throws -> Outbox {
        let outbox = try translating {
            try Outbox(path: configuration.stateFolder + "/" + fileName, options: options(configuration, topics))
        }
        if let salvage = outbox.salvage {
            logger.error(
                """
                the outbox was damaged (\(salvage.reason)); what could be read goes on: \(salvage.damagedFile) is the \
                damaged file, keep it for a report
                """,
                metadata: [
                    "alerts": "\(salvage.alerts)", "sources": "\(salvage.sources)",
                    "numbering": salvage.keepsStream ? "goes on" : "begins anew",
                    "announced": "\(salvage.gaps.reduce(0) { $0 + $1.sequences.count })",
                ])
        }
        return outbox
    }

    static let fileName = "outbox.sqlite"

    private static func options(_ configuration: GatewayConfiguration, _ topics: Topics) -> OutboxOptions {
        var options = OutboxOptions()
        options.quota.bytes = Int64(configuration.outbox.maximumBytes)
        if configuration.outbox.maximumAgeHours > 0 {
            options.quota.seconds = Int64(configuration.outbox.maximumAgeHours * 3600)
        }
        options.announcing = .init(
            topic: topics.gap, origin: origin(configuration), clockQuality: { ProcessClock.quality() })
        options.reserveBytes = Int64(configuration.outbox.reserveBytes)
        if configuration.journal.maximumEntries > 0 { options.journalEntries = configuration.journal.maximumEntries }
        return options
    }

    static func origin(_ configuration: GatewayConfiguration) -> StreamOrigin {
        StreamOrigin(site: configuration.site, gateway: configuration.gateway, bootID: ProcessClock.bootID())
    }
}
