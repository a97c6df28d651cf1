import Agent
public import ArgumentParser

/// Where models are.
struct ModelStoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder of the model store; without it SHRIKE_MODELS, else the user's own.", valueName: "dir"))
    var models: String?

    @Option(help: ArgumentHelp("Take store, trust and keys from this gateway.yaml.", valueName: "file"))
    var config: String?

    var settings: ModelDesk.Options {
        var settings = ModelDesk.Options()
        (settings.store, settings.configuration) = (models, config)
        return settings
    }
}

/// Where models are, and whose signatures count.
struct ModelAccessOptions: ParsableArguments {
    @OptionGroup var place: ModelStoreOptions

    @Option(help: ArgumentHelp("Public key whose signatures count, PEM. Repeat for more.", valueName: "file"))
    var key: [String] = []

    @Option(
        help:
            "Bundles without a signature of a trusted key: require (refuse; the default with --key), warn, off.")
    var trust: GatewayConfiguration.Models.Trust?

    var settings: ModelDesk.Options {
        var settings = place.settings
        (settings.keys, settings.trust) = (key, trust)
        return settings
    }
}

extension GatewayConfiguration.Models.Trust: ExpressibleByArgument {}
