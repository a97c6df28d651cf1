import Agent
import ArgumentParser
import Foundation
import ShrikeCore

struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Metrics of a scene against labelled pictures.",
        discussion: """
            Labels: COCO JSON, Pascal VOC XML, Ultralytics YOLO (data.yaml), labelme JSON, CVAT XML, mask pictures (folders \
            images and masks), or a folder for each class; told apart by looking. Average precision as COCO defines it. With \
            --gate, exit status 3 where mAP50, macro-F1 for class folders, or the pictures' AUROC for scenes that know what is \
            usual, is below it.
            """)

    @Option(
        help: ArgumentHelp("A folder with scene.json, a bundle, an .onnx file, or builtin:NAME.", valueName: "bundle"))
    var scene: String

    @Option(help: ArgumentHelp("Folder or file of labelled pictures.", valueName: "path"))
    var data: String

    @Option(
        help: ArgumentHelp(
            "Class of pictures that show nothing to report; default: normal, good, ok and the like.", valueName: "class"
        ))
    var normalClass: String?

    @Option(help: "Label format: coco, voc, yolo, labelme, cvat, masks, folders.")
    var format: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Earlier versions, oldest first: tells what was forgotten.", valueName: "bundle"))
    var before: [String] = []

    @Option(help: ArgumentHelp("Write tables and plots into one HTML page.", valueName: "file"))
    var page: String?

    @Option(help: ArgumentHelp("Least mAP50, macro-F1 or AUROC, 0 to 1.", valueName: "figure"))
    var gate: Double?

    @Option(help: ArgumentHelp("Score from which precision and recall count.", valueName: "score"))
    var threshold = 0.5

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    @OptionGroup var models: ModelAccessOptions
    @OptionGroup var engine: EngineOptions

    func validate() throws {
        if let gate, !(0...1).contains(gate) { throw ValidationError("--gate takes 0 to 1") }
        if !(0...1).contains(threshold) { throw ValidationError("--threshold takes 0 to 1") }
    }

    func run() async throws {
        let result = try await EvaluationInput(
            scene: scene, before: before, data: data, format: format, normalClass: normalClass, models: models.settings,
            engine: engine,
            threshold: threshold
        ).run()
        if let page {
            do { try Data(result.page.utf8).write(to: URL(filePath: page)) } catch {
                throw AgentError("page cannot be written", at: page, remedy: "check folder and permissions")
            }
        }
        Console.out(json ? result.json.canonicalText : result.text)
        if let gate, result.figure ?? 0 < gate { throw ExitCode(3) }
    }
}
