import Agent
import ArgumentParser

/// Options of commands that talk to a registry.
struct RegistryAccess: ParsableArguments {
    @Option(help: ArgumentHelp("Authorities that may sign the registry's certificate, PEM.", valueName: "file"))
    var caFile: String?

    @Option(help: "User at the registry; else SHRIKE_REGISTRY_USER, else docker's config.json.")
    var user: String?

    @Option(
        help: ArgumentHelp(
            "Its first line is the password; else SHRIKE_REGISTRY_PASSWORD, else docker's config.json.",
            valueName: "file"))
    var passwordFile: String?

    func apply(to settings: inout ModelDesk.Options) {
        (settings.caFile, settings.user, settings.passwordFile) = (caFile, user, passwordFile)
    }
}
