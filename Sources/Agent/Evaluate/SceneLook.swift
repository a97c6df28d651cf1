import Detection
import Evaluation
import Foundation
import Imaging
import ShrikeCore

/// What one scene makes of labelled pictures.
struct SceneLook: Sendable {
    let scene: LoadedScene
    /// Sizes known, labels in pixels and under the scene's codes.
    private(set) var pictures: LabeledPictures
    private(set) var detections: [[ScoredBox]] = []
    /// Of scenes that know what is usual.
    private(set) var screening: [ScreeningMetrics.Picture] = []

    /// Pixels that are ranked at most, over all pictures.
    private static let pixels = 8_000_000
    private static let gridSides = 32...256
    /// Maps are smoothed by a quarter of a cell of stride 16.
    private static let smoothing = 0.25

    /// - Throws: ``AgentError``, or what the engine throws.
    init(
        _ scene: LoadedScene, at pictures: LabeledPictures, workers: Int, progress: (Int) -> Void
    ) async throws {
        (self.scene, self.pictures) = (scene, pictures)
        self.pictures.rename(for: scene.definition)
        let pool = AnalysisPool(workers: workers, scenes: [scene])
        defer { pool.stop() }
        let screener = try scene.definition.heads.normality == nil ? nil : scene.heads.map { try Screener($0) }
        let thread = BlockingThread(label: "screening")
        var tickets: [AnalysisTicket] = []
        for number in pictures.files.indices {
            let frame = try await self.pictures.frame(number)
            tickets.append(pool.analyze(frame, scenes: [0]))
            if let screener {
                guard let map = try await thread.run({ try screener.heatMap(frame) }) else { continue }
                screening.append(try self.screened(number, map, frame))
            }
            if tickets.count > workers {
                try await take(tickets.removeFirst())
                progress(detections.count)
            }
        }
        for ticket in tickets {
            try await take(ticket)
            progress(detections.count)
        }
    }

    private mutating func take(_ ticket: AnalysisTicket) async throws {
        let outcome = await ticket.value
        guard let analysis = outcome.analysis else {
            throw AgentError(
                "picture cannot be analysed (\(outcome.failure ?? ""))",
                at: pictures.files[detections.count], remedy: "check the scene")
        }
        detections.append(analysis.detections.map(ScoredBox.init))
    }

    private func screened(_ number: Int, _ map: HeatMap, _ frame: Frame) throws -> ScreeningMetrics.Picture {
        let picture = pictures.dataset.pictures[number]
        let isUnusual =
            picture.className.map { $0 != HeadSettings.Classifier.normal && !pictures.isUsual($0) }
            ?? !picture.labels.isEmpty
        guard picture.className == nil else {
            return .init(score: map.pictureDistance, isUnusual: isUnusual)
        }
        let most = Int(Double(Self.pixels / max(1, pictures.files.count)).squareRoot())
        let side = max(Self.gridSides.lowerBound, min(Self.gridSides.upperBound, most))
        let longest = max(frame.width, frame.height)
        let (width, height) = (max(1, frame.width * side / longest), max(1, frame.height * side / longest))
        let distances = map.distances(
            gridWidth: width, gridHeight: height, pictureWidth: frame.width, pictureHeight: frame.height)
        let cell = map.cover.width / Double(map.columns) * Double(width) / Double(frame.width)
        let smooth = try Self.smoothed(distances, width, height, sigma: max(0.5, Self.smoothing * cell))
        return .init(
            score: map.pictureDistance, map: smooth, regions: picture.regions(gridWidth: width, gridHeight: height),
            isUnusual: isUnusual)
    }

    private static func smoothed(_ values: [Float], _ width: Int, _ height: Int, sigma: Double) throws -> [Float] {
        var image = try Image(width: width, height: height, channels: 1, depth: .float32)
        let stride = image.bytesPerRow
        image.withUnsafeMutableBytes { bytes in
            for y in 0..<height {
                for x in 0..<width {
                    bytes.storeBytes(of: values[y * width + x], toByteOffset: y * stride + 4 * x, as: Float.self)
                }
            }
        }
        let blurred = try image.blurred(sigma: sigma)
        var out = [Float](repeating: 0, count: width * height)
        let blurredStride = blurred.bytesPerRow
        blurred.withUnsafeBytes { bytes in
            for y in 0..<height {
                for x in 0..<width {
                    out[y * width + x] = bytes.load(fromByteOffset: y * blurredStride + 4 * x, as: Float.self)
                }
            }
        }
        return out
    }

    /// Has the base's buffers; asked by one thread.
    private final class Screener: @unchecked Sendable {
        // Sendable: only the one `BlockingThread` above calls it.
        private let pass: SharedPass

        init(_ heads: HeadScene) throws { pass = try SharedPass([heads]) }

        func heatMap(_ frame: Frame) throws -> HeatMap? { try pass.heatMap(frame) }
    }
}
