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
        /// `coco`, `voc`, `yolo`, `labelme`; nil tells by looking.
        public var format: String?
        public var engine = GatewayConfiguration.Engine()
        public var cacheFolder: String?
        /// Score from which precision and recall count a detection.
        public var scoreThreshold = 0.5

        public init() {}
    }

    public struct Result: Sendable {
        /// Machine-readable figures, per class and over all.
        public var json: JSONValue
        public var text: String
        public var meanAveragePrecision50: Double?
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
        let workers =
            options.engine.workers > 0 ? options.engine.workers : ProcessInfo.processInfo.activeProcessorCount
        let scene = try SceneLibrary(engine: options.engine, cacheFolder: options.cacheFolder, workers: workers)
            .load(options.scene)
        let pool = AnalysisPool(workers: workers, scenes: [scene])
        defer { pool.stop() }
        var detections: [[ScoredBox]] = []
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
            let frame = try await frame(dataset.pictures[number].fileName, number: number)
            dataset.pictures[number] = dataset.pictures[number].inPixels(width: frame.width, height: frame.height)
            tickets.append(pool.analyze(frame, previous: nil, scenes: [0]))
            if tickets.count > workers { try await takeFirst() }
        }
        while !tickets.isEmpty { try await takeFirst() }
        let metrics = DetectionMetrics(dataset, detections: detections, scoreThreshold: options.scoreThreshold)
        return Result(
            json: .object([
                "schema": .string("shrike.evaluation/1"), "data": .string(options.data),
                "pictures": .integer(Int64(dataset.pictures.count)), "labels": .integer(Int64(dataset.labelCount)),
                "scene": scene.lineage.scene.json, "metrics": metrics.json,
            ]), text: Self.text(metrics, dataset), meanAveragePrecision50: metrics.meanAveragePrecision50)
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

    private static func text(_ metrics: DetectionMetrics, _ dataset: LabeledDataset) -> String {
        func cell(_ value: Double?) -> String {
            let text = value.map { JSONValue.number($0, decimals: 3).canonicalText } ?? "-"
            return String(repeating: " ", count: max(0, 10 - text.count)) + text
        }
        func row(_ name: String, _ m: DetectionMetrics.ClassMetrics) -> String {
            let label = name + String(repeating: " ", count: max(0, 18 - name.count))
            return label + cell(Double(m.labels)) + cell(m.averagePrecision50) + cell(m.averagePrecision)
                + cell(m.precision)
                + cell(m.recall)
        }
        var lines = ["class                 labels     AP50  AP50:95 precision    recall"]
        for (name, figures) in metrics.classes.sorted(by: { $0.key < $1.key }) { lines.append(row(name, figures)) }
        lines.append(row("all", metrics.total))
        lines.append(
            "mAP50 \(cell(metrics.meanAveragePrecision50).drop { $0 == " " }), mAP50:95 \(cell(metrics.meanAveragePrecision).drop { $0 == " " }); precision and recall at score \(JSONValue.number(metrics.scoreThreshold, decimals: 2).canonicalText); \(dataset.pictures.count) pictures"
        )
        return lines.joined(separator: "\n")
    }
}
