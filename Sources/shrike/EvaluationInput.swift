import Agent
import ShrikeCore

/// What commands that measure a scene on labelled pictures are given; shows progress while they do.
struct EvaluationInput {
    var scene: String
    var before: [String] = []
    var data: String
    var format: String?
    var normalClass: String?
    var models: ModelDesk.Options
    var engine: EngineOptions
    var threshold = 0.5

    func run() async throws -> EvaluationRun.Result {
        var options = EvaluationRun.Options()
        (options.scene, options.before, options.data, options.format) = (scene, before, data, format)
        (options.engine, options.cacheFolder, options.scoreThreshold) = (engine.settings, engine.cache, threshold)
        (options.models, options.normalClass) = (models, normalClass)
        let evaluation = EvaluationRun(options: options)
        let result = try await Interruption.cancels {
            try await evaluation.run { done, all in
                if Console.errorIsTerminal { Console.status("\r\u{1B}[K\(done) of \(all) pictures") }
            }
        }
        if Console.errorIsTerminal { Console.status("\r\u{1B}[K") }
        return result
    }
}
