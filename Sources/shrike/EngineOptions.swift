import Agent
public import ArgumentParser

/// Options of commands that run networks.
struct EngineOptions: ParsableArguments {
    @Option(help: "Inference engine: auto, openvino, onnxruntime, opencv.")
    var engine: GatewayConfiguration.Engine.Choice = .auto

    @Option(help: "Arithmetic of fp32 networks: fp32, bf16.")
    var precision: GatewayConfiguration.Engine.Precision = .fp32

    @Option(help: ArgumentHelp("Frames analysed at once; 0: one per core.", valueName: "n"))
    var workers = 0

    @Option(help: ArgumentHelp("Folder for compiled networks, so that the next start is faster.", valueName: "dir"))
    var cache: String?

    func validate() throws {
        if !(0...64).contains(workers) { throw ValidationError("--workers takes 0 to 64") }
    }

    var settings: GatewayConfiguration.Engine {
        var settings = GatewayConfiguration.Engine()
        (settings.choice, settings.precision, settings.workers) = (engine, precision, workers)
        return settings
    }
}

extension GatewayConfiguration.Engine.Choice: ExpressibleByArgument {}
extension GatewayConfiguration.Engine.Precision: ExpressibleByArgument {}
