import Foundation
import ShrikeCore
import SyntheticFootage

/// `shrike generate`: believable footage with known defects, to try Shrike without any of one's own.
public struct FootageRequest: Sendable {
    public enum Kind: String, Sendable, CaseIterable { case solar, insulators }

    public var kind: Kind
    public var seed: UInt64
    public var seconds: Double
    public var framesPerSecond: Int
    public var writes16Bit: Bool
    public var folder: String
    /// Which visit of the same field, a month apart, from 1 (solar only).
    public var visit = 1
    /// Error of the telemetry's places, one axis, meters (solar only).
    public var gpsNoiseMeters = 0.0
    /// Single pictures of the footage with COCO labels, to teach with.
    public var labeledPictures = 0

    public init(kind: Kind, seed: UInt64, seconds: Double, framesPerSecond: Int, writes16Bit: Bool, folder: String) {
        (self.kind, self.seed, self.seconds, self.framesPerSecond) = (kind, seed, seconds, framesPerSecond)
        (self.writes16Bit, self.folder) = (writes16Bit, folder)
    }

    /// Makes the footage; returns the paths of what was made, the video first.
    ///
    /// - Throws: ``AgentError``.
    public func run(progress: @escaping @Sendable (Double) -> Void) async throws -> [String] {
        let request = self
        return try await BlockingThread(label: "generate").run {
            let made = try translating {
                try FootageGenerator.generate(
                    kind: request.kind == .solar ? .solar : .insulators, seed: request.seed, seconds: request.seconds,
                    to: request.folder,
                    options: FootageOptions(
                        framesPerSecond: request.framesPerSecond, writes16Bit: request.writes16Bit,
                        labeledPictures: request.labeledPictures, visit: request.visit,
                        gpsNoiseMeters: request.gpsNoiseMeters),
                    progress: progress)
            }
            return [made.videoPath, made.telemetryPath, made.truthPath, made.framesFolder, made.picturesFolder]
                .compactMap(\.self)
        }
    }
}
