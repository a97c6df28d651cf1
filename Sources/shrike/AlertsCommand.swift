import Agent
public import ArgumentParser
import Foundation
import ShrikeCore

struct AlertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts", abstract: "Follow alerts as they come.",
        discussion: "Each alert is shown once, across restarts of the broker. Ctrl-C ends it.")

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

    @Option(help: ArgumentHelp("Authorities that may sign the broker's certificate (PEM).", valueName: "file"))
    var caFile: String?

    @Option(help: ArgumentHelp("Client certificate (PEM).", valueName: "file"))
    var certificateFile: String?

    @Option(help: ArgumentHelp("Its key (PEM).", valueName: "file"))
    var keyFile: String?

    func run() async throws {
        var options = AlertFollower.Options()
        (options.brokerURL, options.site, options.gateway) = (broker, site, gateway)
        (options.classes, options.grades, options.includesReplays) = (classes, grade, replays)
        (options.limit, options.clientID) = (count, clientID)
        (options.caFile, options.certificateFile, options.keyFile) = (caFile, certificateFile, keyFile)
        let follower = AlertFollower(options: options)
        let asJSON = json
        try await Interruption.cancels {
            try await follower.run { event in
                switch event {
                case .alert(let document, _, let run):
                    Console.out(asJSON ? document.canonicalText : AlertLine(document, run: run).text)
                case .presence(let site, let gateway, let isOnline):
                    Console.error("\(site)/\(gateway) is \(isOnline ? "online" : "offline")")
                case .connection(let text, let isProblem):
                    if isProblem || Console.errorIsTerminal { Console.error(text) }
                }
            }
        }
    }
}

extension Grade: ExpressibleByArgument {}
