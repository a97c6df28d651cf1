import Reporting
import ShrikeCore

/// All that is settled before a replay begins: what is analysed, in which pieces, by which scenes. Stored as `.run/plan.json`, so
/// that an interrupted run can be continued, and the shards of a run merged without the footage.
struct RunPlan: Hashable, Sendable, Codable {
    static let currentSchema = "shrike.run/1"
    /// Stills that make one piece of work. Part of the result: track numbers count from 1 in each piece.
    static let stillsPerPiece = 32

    /// One source of the run.
    struct Item: Hashable, Sendable, Codable {
        var name: String
        var info: SourceInfo
        /// Positions of the scenes that look at it.
        var scenes: [Int]
        /// Stills; nil for video and live sources.
        var pictures: Int?
        /// Where poses come from and what was wrong with it; nil without telemetry beside the pictures' own.
        var telemetry: TelemetryReport?
    }

    /// What is analysed in one go.
    struct Piece: Hashable, Sendable {
        var number: Int
        var item: Int
        /// Positions of the stills; nil for the whole of a video.
        var pictures: Range<Int>?
    }

    struct Scene: Hashable, Sendable, Codable {
        var definition: SceneDefinition
        var lineage: Lineage
        var engine: String?
    }

    var schema = Self.currentSchema
    var run: String
    /// Equal where footage, scenes and all settings that bear on the results are.
    var settings: String
    /// Build of the program; a run is only continued by the same.
    var program: String
    var site: String
    var gateway: String
    var version: String
    var scenes: [Scene]
    var items: [Item]
    /// Footage that could not be opened.
    var failures: [MissionPlan.Skipped]
    /// Files that are no footage.
    var skipped: [MissionPlan.Skipped]

    /// All work, in the order of its results.
    var pieces: [Piece] {
        var pieces: [Piece] = []
        for (position, item) in items.enumerated() {
            guard let pictures = item.pictures, pictures > 0 else {
                pieces.append(Piece(number: pieces.count, item: position))
                continue
            }
            for first in stride(from: 0, to: pictures, by: Self.stillsPerPiece) {
                let range = first..<min(pictures, first + Self.stillsPerPiece)
                pieces.append(Piece(number: pieces.count, item: position, pictures: range))
            }
        }
        return pieces
    }
}
