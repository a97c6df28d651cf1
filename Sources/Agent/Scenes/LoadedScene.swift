import Detection
import Inference
import ShrikeCore

/// A scene that is ready to look at frames.
struct LoadedScene: Sendable {
    var definition: SceneDefinition
    var lineage: Lineage
    /// What the network runs on, for people; nil where there is no network.
    var engine: String?
    /// The network itself, for measurements; nil where there is none.
    var network: Network?
    /// The heads of a scene that rides on a base; scenes on one base share its pass. Nil for other scenes.
    var heads: HeadScene?
    /// Makes a detector for one worker thread.
    var makeDetector: @Sendable () throws -> any Detector
    /// What was told about the scene when it was loaded, such as a missing signature.
    var warnings: [String] = []
    /// Tells this loading of the scene from any other.
    let token = SceneToken()
}

/// An identity, nothing else.
final class SceneToken: Sendable {}
