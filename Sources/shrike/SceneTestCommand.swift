import Agent
import ArgumentParser
import Foundation
import ShrikeCore

extension SceneCommand {
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prove a scene here: signatures, golden results, and figures on labelled pictures.",
            discussion: """
                Without --data: whether the scene gives on this machine and engine what it gave where it was made. With --data \
                also its figures, as `shrike evaluate` has them. Exit status 1 where it is refused, 3 where it is below --gate.
                """)

        @Argument(help: "NAME (its active version, else the newest), NAME:VERSION, sha256:... or active:NAME.")
        var scene: String

        @Option(help: ArgumentHelp("Folder or file of labelled pictures that were not taught.", valueName: "path"))
        var data: String?

        @Option(help: "Label format: coco, voc, yolo, labelme, cvat, masks, folders; told apart by looking.")
        var format: String?

        @Option(help: ArgumentHelp("Least mAP50, macro-F1 or AUROC, 0 to 1; needs --data.", valueName: "figure"))
        var gate: Double?

        @OptionGroup var models: ModelOptions
        @OptionGroup var engine: EngineOptions

        func validate() throws {
            if let gate, !(0...1).contains(gate) { throw ValidationError("--gate takes 0 to 1") }
            if data == nil, gate != nil || format != nil { throw ValidationError("--gate and --format need --data") }
        }

        func run() async throws {
            var settings = models.settings
            (settings.engine, settings.cacheFolder) = (engine.settings, engine.cache)
            let desk = try ModelDesk(settings)
            let address = try desk.sceneAddress(scene)
            let verdict = try desk.verify(address, replaysGolden: true)
            guard verdict.isGood, let data else { return try models.show(verdict) }
            let evaluation = EvaluationInput(
                scene: address, data: data, format: format, models: models.settings, engine: engine)
            let result = try await evaluation.run()
            let json = JSONValue.object(["verdict": verdict.json, "evaluation": result.json])
            Console.out(models.json ? json.canonicalText : verdict.text + "\n" + result.text)
            if let gate, result.figure ?? 0 < gate { throw ExitCode(3) }
        }
    }
}
