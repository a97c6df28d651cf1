import Agent
public import ArgumentParser
import Foundation
import ShrikeCore

struct AlertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts", abstract: "Follow alerts as they come.",
        discussion: """
            Each alert is shown once, across restarts of the broker. Ctrl-C ends it. With --verify the last line tells from \
            the messages alone whether any is missing; exit status 3 where one is. With --ack a gateway that delivers end to \
            end (broker.delivery: e2e) keeps every alert until it was shown here.
            """)

    @Option(help: ArgumentHelp("mqtt://host:1883 or mqtts://host:8883.", valueName: "url"))
    var broker = "mqtt://127.0.0.1:1883"

    @Option(help: "Alerts of this site only.")
    var site: String?

    @Option(help: "Alerts of this gateway only.")
    var gateway: String?

    @Option(name: .customLong("class"), help: "Alerts of this class only; repeat for more.")
    var classes: [String] = []

    @Option(help: "Alerts of this grade only: info, general, serious, critical; repeat for more.")
    var grade: [Grade] = []

    @Flag(help: "Alerts of replays too.")
    var replays = false

    @Flag(help: "One JSON document a line, as published.")
    var json = false

    @Option(help: ArgumentHelp("End after this many alerts.", valueName: "n"))
    var count: Int?

    @Option(
        help: ArgumentHelp(
            "Name of the subscription: alerts that come while nobody listens wait at the broker.", valueName: "name"))
    var clientID: String?

    @Flag(help: "Keep account of all numbers and say at the end what is missing.")
    var verify = false

    @Option(
        help: ArgumentHelp(
            "Tell gateways under this name what was shown; implies --client-id of the same name.", valueName: "name"))
    var ack: String?

    @Option(help: ArgumentHelp("Keep the account in this file from run to run.", valueName: "file"))
    var ledger: String?

    @Option(help: ArgumentHelp("End when nothing new came for so long.", valueName: "seconds"))
    var idle: Double?

    @OptionGroup var files: BrokerFiles

    func validate() throws {
        let keepsAccount = verify || ack != nil || ledger != nil
        if keepsAccount, !classes.isEmpty || !grade.isEmpty {
            throw ValidationError("--verify, --ack and --ledger need every alert; leave out --class and --grade")
        }
        if let ack, !(1...64).contains(ack.utf8.count) || !ack.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
            throw ValidationError("--ack needs a name of 1 to 64 plain characters")
        }
        if let idle, !(idle > 0 && idle < 1e7) { throw ValidationError("--idle needs seconds above 0") }
    }

    func run() async throws {
        var options = AlertFollower.Options()
        (options.brokerURL, options.site, options.gateway) = (broker, site, gateway)
        (options.classes, options.grades, options.includesReplays) = (classes, grade, replays)
        (options.limit, options.clientID) = (count, clientID ?? ack)
        (options.caFile, options.certificateFile) = (files.caFile, files.certificateFile)
        options.keyFile = files.keyFile
        (options.verifies, options.consumer, options.ledgerPath) = (verify, ack, ledger)
        options.idle = idle.map { .milliseconds(Int64($0 * 1000)) }
        let follower = AlertFollower(options: options)
        let (asJSON, verifies) = (json, verify)
        let outcome = VerificationOutcome()
        do {
            try await Interruption.cancels {
                try await follower.run { event in Self.show(event, asJSON: asJSON, verifies: verifies, outcome) }
            }
        } catch is CancellationError where verify && outcome.isMissingSome {}
        if verify, outcome.isMissingSome { throw ExitCode(3) }
    }

    private static func show(
        _ event: AlertFollower.Event, asJSON: Bool, verifies: Bool, _ outcome: VerificationOutcome
    ) {
        switch event {
        case .alert(let document, _, let run):
            Console.out(asJSON ? document.canonicalText : AlertLine(document, run: run).text)
        case .presence(let site, let gateway, let isOnline):
            Console.error("\(site)/\(gateway) is \(isOnline ? "online" : "offline")")
        case .gap(let site, let gateway, let document):
            Console.error(
                "\(site)/\(gateway) dropped \(document["count"]?.integerValue ?? 0) alerts "
                    + "(\(document["reason"]?.stringValue ?? "-"))")
        case .verified(let report):
            outcome.note(report)
            guard verifies else { return }
            if asJSON { Console.out(report.json.canonicalText) } else { report.lines.forEach(Console.out) }
        case .connection(let text, let isProblem):
            if isProblem || Console.errorIsTerminal { Console.error(text) }
        }
    }
}

/// What the account came to, told from the follower's task.
private final class VerificationOutcome: @unchecked Sendable {
    // Sendable: `missing` is only touched under `lock`.
    private let lock = NSLock()
    private var missing = false

    func note(_ report: VerificationReport) { lock.withLock { missing = !report.isComplete } }

    var isMissingSome: Bool { lock.withLock { missing } }
}

extension Grade: ExpressibleByArgument {}
