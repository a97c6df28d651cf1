import Evaluation
import Foundation
import Imaging
import Reporting
public import ShrikeCore

/// `shrike evaluate`: what a scene makes of labelled pictures, and what it forgot of what earlier versions knew.
public struct EvaluationRun: Sendable {
    public struct Options: Sendable {
        public var scene = ""
        /// Earlier versions of the scene, oldest first, to tell what was forgotten.
        public var before: [String] = []
        public var data = ""
        /// Name of a label format; nil tells by looking.
        public var format: String?
        /// Class of pictures that show nothing to report; nil goes by its usual names.
        public var normalClass: String?
        public var engine = GatewayConfiguration.Engine()
        public var cacheFolder: String?
        /// Store, trust and keys.
        public var models = ModelDesk.Options()
        /// Score from which precision and recall count a detection.
        public var scoreThreshold = 0.5

        public init() {}
    }

    public struct Result: Sendable {
        /// Machine-readable figures, per class and over all.
        public var json: JSONValue
        public var text: String
        /// Tables and plots for a browser.
        public var page: String
        /// What a gate is held against: mAP50 for boxes, macro-F1 for classes, the pictures' AUROC for what is usual.
        public var figure: Double?
    }

    private let options: Options

    public init(options: Options) { self.options = options }

    /// - Throws: ``AgentError``; a mistake in the labels names file and line.
    public func run(progress: @escaping @Sendable (Int, Int) -> Void) async throws -> Result {
        OpenCVLibrary.silence()
        OpenCVLibrary.setThreads(1)
        let pictures = try LabeledPictures(
            options.data, format: options.format, normalClass: options.normalClass)
        let workers =
            options.engine.workers > 0 ? options.engine.workers : ProcessInfo.processInfo.activeProcessorCount
        var library = SceneLibrary(engine: options.engine, cacheFolder: options.cacheFolder, workers: workers)
        library.models = try ModelDesk(options.models).access
        library.tellsWeakBoxes = true
        let scenes = try library.load(options.before + [options.scene])
        var measured: [EvaluationMeasures] = []
        for (number, scene) in scenes.enumerated() {
            let done = number * pictures.files.count
            let look = try await SceneLook(scene, at: pictures, workers: workers) {
                progress(done + $0, scenes.count * pictures.files.count)
            }
            measured.append(EvaluationMeasures(look, scoreThreshold: options.scoreThreshold))
        }
        let versions = EvaluationVersions(measured)
        let last = versions.last
        return Result(
            json: .object(
                last.json.merging([
                    "schema": .string("shrike.evaluation/1"), "data": .string(options.data),
                    "pictures": .integer(Int64(pictures.files.count)), "labels": .integer(Int64(last.labels)),
                ]) { mine, _ in mine }.merging(versions.json) { mine, _ in mine }),
            text: (last.text + versions.text).joined(separator: "\n"), page: page(versions, pictures),
            figure: last.figure)
    }

    private func page(_ versions: EvaluationVersions, _ pictures: LabeledPictures) -> String {
        let last = versions.last
        let scene = last.lineage.scene
        return EvaluationPage(
            title: "\(scene.name):\(scene.version)",
            subtitle: "\(pictures.files.count) pictures of \(URL(filePath: options.data).lastPathComponent)",
            version: AgentVersion.current, tables: last.tables + versions.tables, plots: last.plots,
            matrices: last.matrices
        ).html
    }
}
