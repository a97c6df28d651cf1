import Evaluation
import Foundation
import FrameSources
import Imaging
public import ShrikeCore

/// `shrike evaluate`: a scene's detections against labelled pictures.
public struct EvaluationRun: Sendable {
    public struct Options: Sendable {
        public var scene = ""
        public var data = ""
        /// `coco`, `voc`, `yolo`, `labelme`, `folders`; nil tells by looking.
        public var format: String?
        public var engine = GatewayConfiguration.Engine()
        public var cacheFolder: String?
        /// Folder of the model store; nil for the user's own.
        public var models: String?
        /// Score from which precision and recall count a detection.
        public var scoreThreshold = 0.5

        public init() {}
    }

    public struct Result: Sendable {
        /// Machine-readable figures, per class and over all.
        public var json: JSONValue
        public var text: String
        /// What a gate is held against: mAP50 for boxes, macro-F1 for classes.
        public var figure: Double?
    }

    private let options: Options

    public init(options: Options) { self.options = options }

    /// - Throws: ``AgentError``; a mistake in the labels names file and line.
    public func run(progress: @escaping @Sendable (Int, Int) -> Void) async throws -> Result {
        OpenCVLibrary.silence()
        OpenCVLibrary.setThreads(1)
        let format = try options.format.map { name in
            guard let format = LabelReader.Format(rawValue: name) else {
                throw AgentError(
                    "no such label format", at: name,
                    remedy: "use one of \(LabelReader.Format.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return format
        }
        let location = URL(filePath: options.data)
        var dataset = try translating { try LabelReader.read(location, format: format) }
        let files = try translating { try PictureIndex(location) }
        let paths = try translating { try dataset.pictures.map { try files.path(of: $0.fileName) } }
        let workers =
            options.engine.workers > 0 ? options.engine.workers : ProcessInfo.processInfo.activeProcessorCount
        var library = SceneLibrary(engine: options.engine, cacheFolder: options.cacheFolder, workers: workers)
        if let models = options.models { library.models = ModelAccess(storePath: models) }
        let scene = try library.load(options.scene)
        dataset = Self.named(dataset, as: scene.definition)
        let pool = AnalysisPool(workers: workers, scenes: [scene])
        defer { pool.stop() }
        var detections: [[ScoredBox]] = []
        let isClasses = dataset.pictures.contains { $0.className != nil }
        var tickets: [AnalysisTicket] = []
        func takeFirst() async throws {
            let outcome = await tickets.removeFirst().value
            guard let analysis = outcome.analysis else {
                throw AgentError(
                    "picture cannot be analysed (\(outcome.failure ?? ""))",
                    at: dataset.pictures[detections.count].fileName,
                    remedy: "check the scene")
            }
            detections.append(analysis.detections.map(ScoredBox.init))
            progress(detections.count, dataset.pictures.count)
        }
        for number in dataset.pictures.indices {
            let frame = try await frame(paths[number], number: number)
            dataset.pictures[number] = dataset.pictures[number].inPixels(width: frame.width, height: frame.height)
            tickets.append(pool.analyze(frame, previous: nil, scenes: [0]))
            if tickets.count > workers { try await takeFirst() }
        }
        while !tickets.isEmpty { try await takeFirst() }
        if isClasses { return classes(dataset, detections: detections, scene: scene) }
        let metrics = DetectionMetrics(dataset, detections: detections, scoreThreshold: options.scoreThreshold)
        return Result(
            json: .object([
                "schema": .string("shrike.evaluation/1"), "data": .string(options.data),
                "pictures": .integer(Int64(dataset.pictures.count)), "labels": .integer(Int64(dataset.labelCount)),
                "scene": scene.lineage.scene.json, "metrics": metrics.json,
            ]), text: EvaluationText.text(metrics, dataset), figure: metrics.meanAveragePrecision50)
    }

    /// Labels under the codes of the scene: people write `Tear` where the code is `tear`.
    private static func named(_ dataset: LabeledDataset, as scene: SceneDefinition) -> LabeledDataset {
        func code(_ name: String) -> String {
            let code = ClassDefinition.code(from: name)
            return scene.classDefinition(name) == nil && scene.classDefinition(code) != nil ? code : name
        }
        var dataset = dataset
        dataset.classes = dataset.classes.map(code)
        for picture in dataset.pictures.indices {
            for label in dataset.pictures[picture].labels.indices {
                dataset.pictures[picture].labels[label].className = code(
                    dataset.pictures[picture].labels[label].className)
            }
        }
        return dataset
    }

    /// The strongest finding of a picture is its class; a class the scene does not report is nothing to report.
    private func classes(_ dataset: LabeledDataset, detections: [[ScoredBox]], scene: LoadedScene) -> Result {
        let normal = HeadSettings.Classifier.normal
        let answers = zip(dataset.pictures, detections).map { picture, found in
            let code = ClassDefinition.code(from: picture.className ?? normal)
            return (
                expected: scene.definition.classDefinition(code) == nil ? normal : code,
                found: found.max { $0.score < $1.score }?.className ?? normal
            )
        }
        let metrics = ClassificationMetrics(answers)
        return Result(
            json: .object([
                "schema": .string("shrike.evaluation/1"), "data": .string(options.data),
                "pictures": .integer(Int64(dataset.pictures.count)), "scene": scene.lineage.scene.json,
                "classification": metrics.json,
            ]), text: EvaluationText.text(metrics), figure: metrics.macroF1)
    }

    private func frame(_ file: String, number: Int) async throws -> Frame {
        let source = try await FootageOpener.open(file, options: SourceOptions())
        defer { source.stop() }
        while let event = try await source.next() {
            switch event {
            case .frame(var frame):
                frame.index = Int64(number)
                return frame
            case .skipped(let name, let reason):
                throw AgentError("picture cannot be read (\(reason))", at: name, remedy: "replace or remove it")
            default: continue
            }
        }
        throw AgentError("picture is empty", at: file, remedy: "replace or remove it")
    }
}
