import Agent
import ArgumentParser
import Logging

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the agent: sources to alerts to MQTT, until stopped.",
        discussion: """
            SIGTERM and SIGINT end it within 5 seconds and nothing decided is lost; SIGHUP reads the configuration again.
            """)

    @Option(help: ArgumentHelp("Configuration, YAML.", valueName: "file"))
    var config: String?

    @Flag(help: "Print the effective configuration with every key explained, secrets hidden, and end.")
    var printConfig = false

    @Flag(help: "End when every source has ended, instead of waiting for a signal.")
    var exitWhenDone = false

    func run() async throws {
        let configuration = try config.map { try ConfigurationFile.load(path: $0) }
        if printConfig {
            Console.out(ConfigurationFile.render(configuration ?? GatewayConfiguration()))
            return
        }
        guard let configuration else {
            throw ValidationError("--config is missing; `shrike run --print-config` shows every key")
        }
        let level = Logger.Level(rawValue: configuration.log.level.rawValue) ?? .info
        var options = GatewayAgent.Options()
        (options.exitsWhenDone, options.configurationPath) = (exitWhenDone, config)
        let agent = GatewayAgent(
            configuration: configuration, options: options,
            logger: .shrike(level: level, format: configuration.log.format))
        try await agent.run()
    }
}
