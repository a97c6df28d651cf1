import ArgumentParser

/// Files that prove who a broker is, and who we are to it.
struct BrokerFiles: ParsableArguments {
    @Option(help: ArgumentHelp("Authorities that may sign the broker's certificate (PEM).", valueName: "file"))
    var caFile: String?

    @Option(help: ArgumentHelp("Client certificate (PEM).", valueName: "file"))
    var certificateFile: String?

    @Option(help: ArgumentHelp("Its key (PEM).", valueName: "file"))
    var keyFile: String?
}
