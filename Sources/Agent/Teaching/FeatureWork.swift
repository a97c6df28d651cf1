import Detection
import Foundation
import ShrikeCore

/// Runs a base over many pictures on several threads; results come in the order of the pictures.
struct FeatureWork: Sendable {
    let backbone: Backbone
    let workers: Int

    /// - Parameters:
    ///   - picture: decodes the picture at a position; called on the worker's thread.
    ///   - take: makes what is wanted of its features.
    ///   - progress: pictures done so far.
    /// - Throws: the first failure; `CancellationError` where the task was cancelled.
    func map<R: Sendable>(
        count: Int, picture: @escaping @Sendable (Int) throws -> PixelBuffer,
        take: @escaping @Sendable (Int, borrowing Features) throws -> R,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> [R] {
        let backbone = backbone
        return try await ThreadedWork.map(
            count: count, workers: workers, tool: { try FeatureExtractor(backbone) },
            take: { extractor, position in
                let pixels = try picture(position)
                return try extractor.withFeatures(of: pixels) { try take(position, $0) }
            }, progress: progress)
    }
}
