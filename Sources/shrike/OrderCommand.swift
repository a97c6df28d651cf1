import Agent
import ArgumentParser
import ShrikeCore

struct OrderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "command", abstract: "Give a gateway an order over MQTT and wait for its answer.",
        discussion: """
            acknowledge --alert-id ID [--note TEXT]            somebody has seen it; goes into the record
            mute --minutes N [--source S] [--class C]          signed: alerts are recorded and not sent
            unmute [--source S] [--class C]
            threshold --class C [--value V] [--source S]       signed: findings below are left out; no value takes it back
            snapshot --source S [--out FILE]                   the next picture
            source --id S --on | --off                         signed
            model --name N --digest sha256:...                 signed

            The gateway must have `commands.enabled: true`; signed orders need its `commands.key_file` and your --sign-key.
            Exit status 3 where the gateway refuses or fails.
            """)

    @Argument(help: "acknowledge, mute, unmute, threshold, snapshot, source, model.")
    var verb: String

    @Option(help: ArgumentHelp("mqtt://host:1883 or mqtts://host:8883.", valueName: "url"))
    var broker = "mqtt://127.0.0.1:1883"

    @Option(help: "Site of the gateway.")
    var site: String

    @Option(help: "The gateway.")
    var gateway: String

    @Option(help: "A source of the gateway.")
    var source: String?

    @Option(help: "A source of the gateway, to be switched on or off.")
    var id: String?

    @Option(name: .customLong("class"), help: "A class of defects.")
    var className: String?

    @Option(help: "Length of a mute.")
    var minutes: Int?

    @Option(help: "Least score, 0 to 1.")
    var value: Double?

    @Option(help: "The alert that was seen.")
    var alertID: String?

    @Option(help: "A word for the record.")
    var note: String?

    @Option(help: "Name of a model.")
    var name: String?

    @Option(help: "Digest of a model.")
    var digest: String?

    @Flag(help: "Switch the source on.")
    var on = false

    @Flag(help: "Switch the source off.")
    var off = false

    @Option(help: "Who gives the order; goes into the record.")
    var by: String?

    @Option(help: ArgumentHelp("P-256 private key (PEM) that signs the order.", valueName: "file"))
    var signKey: String?

    @Option(help: ArgumentHelp("Where the picture of a snapshot goes.", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("Give up after so long.", valueName: "seconds"))
    var wait = 10.0

    @Flag(help: "Print the answer as JSON.")
    var json = false

    @OptionGroup var files: BrokerFiles

    func validate() throws {
        guard wait > 0, wait < 3600 else { throw ValidationError("--wait needs 0 to 3600 seconds") }
        if on, off { throw ValidationError("--on and --off exclude each other") }
    }

    func run() async throws {
        var options = CommandSender.Options()
        (options.brokerURL, options.site, options.gateway, options.verb) = (broker, site, gateway, verb)
        (options.caFile, options.certificateFile) = (files.caFile, files.certificateFile)
        options.keyFile = files.keyFile
        (options.by, options.signingKeyFile, options.pictureFile) = (by, signKey, out)
        options.wait = .milliseconds(Int64(wait * 1000))
        options.arguments = arguments
        let sender = CommandSender(options: options)
        let reply = try await Interruption.cancels { try await sender.run() }
        let outcome = reply["outcome"]?.stringValue ?? "-"
        let reason = reply["reason"]?.stringValue.map { ": \($0)" } ?? ""
        Console.out(json ? reply.canonicalText : "\(site)/\(gateway) \(verb): \(outcome)\(reason)")
        if outcome != "done" { throw ExitCode(3) }
    }

    private var arguments: JSONValue {
        .object(compacting: [
            "source": source.map { .string($0) }, "id": id.map { .string($0) }, "class": className.map { .string($0) },
            "minutes": minutes.map { .integer(Int64($0)) },
            "value": value.map { .number($0) } ?? (verb == "threshold" ? .null : nil),
            "alert_id": alertID.map { .string($0) }, "note": note.map { .string($0) }, "name": name.map { .string($0) },
            "digest": digest.map { .string($0) }, "on": on ? .bool(true) : off ? .bool(false) : nil,
        ])
    }
}
