import Agent
public import ArgumentParser
import ShrikeCore

/// Options of commands that read and write the model store.
struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder of the model store; without it SHRIKE_MODELS, else the user's own.", valueName: "dir"))
    var models: String?

    @Option(help: ArgumentHelp("Take store, trust and keys from this gateway.yaml.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Public key whose signatures count, PEM. Repeat for more.", valueName: "file"))
    var key: [String] = []

    @Option(
        help:
            "Bundles without a signature of a trusted key: require (refuse; the default with --key), warn, off.")
    var trust: GatewayConfiguration.Models.Trust?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    var settings: ModelDesk.Options {
        var settings = ModelDesk.Options()
        (settings.store, settings.configuration, settings.keys, settings.trust) = (models, config, key, trust)
        return settings
    }

    /// - Throws: `ExitCode` 1 where the answer is a refusal.
    func show(_ answer: ModelDesk.Answer) throws {
        Console.out(json ? answer.json.canonicalText : answer.text)
        if !answer.isGood { throw ExitCode(1) }
    }
}

extension GatewayConfiguration.Models.Trust: ExpressibleByArgument {}
