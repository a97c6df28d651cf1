import Agent
import ArgumentParser
import ShrikeCore

struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Metrics of a scene against labelled pictures.",
        discussion: """
            Labels: COCO JSON, Pascal VOC XML, Ultralytics YOLO (data.yaml), labelme JSON, or a folder for each class; told \
            apart by looking. Average precision as COCO defines it. With --gate, exit status 3 where mAP50, or macro-F1 for \
            class folders, is below it.
            """)

    @Option(
        help: ArgumentHelp("A folder with scene.json, a bundle, an .onnx file, or builtin:NAME.", valueName: "bundle"))
    var scene: String

    @Option(help: ArgumentHelp("Folder or file of labelled pictures.", valueName: "path"))
    var data: String

    @Option(help: "Label format: coco, voc, yolo, labelme, folders.")
    var format: String?

    @Option(help: ArgumentHelp("Least mAP50 or macro-F1, 0 to 1.", valueName: "figure"))
    var gate: Double?

    @Option(
        help: ArgumentHelp(
            "Folder of the model store; without it SHRIKE_MODELS, else the user's own.", valueName: "dir"))
    var models: String?

    @Option(help: ArgumentHelp("Score from which precision and recall count.", valueName: "score"))
    var threshold = 0.5

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    @OptionGroup var engine: EngineOptions

    func validate() throws {
        if let gate, !(0...1).contains(gate) { throw ValidationError("--gate takes 0 to 1") }
        if !(0...1).contains(threshold) { throw ValidationError("--threshold takes 0 to 1") }
    }

    func run() async throws {
        var options = EvaluationRun.Options()
        (options.scene, options.data, options.format) = (scene, data, format)
        (options.engine, options.cacheFolder, options.scoreThreshold) = (engine.settings, engine.cache, threshold)
        options.models = models
        let evaluation = EvaluationRun(options: options)
        let result = try await Interruption.cancels {
            try await evaluation.run { done, all in
                if Console.errorIsTerminal { Console.status("\r\u{1B}[K\(done) of \(all) pictures") }
            }
        }
        if Console.errorIsTerminal { Console.status("\r\u{1B}[K") }
        Console.out(json ? result.json.canonicalText : result.text)
        if let gate, result.figure ?? 0 < gate { throw ExitCode(3) }
    }
}
