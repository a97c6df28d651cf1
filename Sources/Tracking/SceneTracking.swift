import ShrikeCore

/// What the tracker needs to know of one scene.
struct SceneTracking: Hashable, Sendable, Codable {
    struct ClassThreshold: Hashable, Sendable, Codable {
        var className: String
        var threshold: Double
    }

    var name: String
    var persistence: Persistence
    var thresholds: [ClassThreshold]

    init(_ scene: SceneDefinition) {
        (name, persistence) = (scene.name, scene.persistence)
        thresholds = scene.classes.map { ClassThreshold(className: $0.code, threshold: $0.threshold) }
    }

    /// Score from which a detection may start a track; a class without definition is let through.
    func startThreshold(_ className: String) -> Double {
        thresholds.first { $0.className == className }?.threshold ?? 0
    }

    /// Score from which a detection may continue one: hysteresis.
    func continueThreshold(_ className: String) -> Double {
        startThreshold(className) * (1 - persistence.hysteresis)
    }

    func isConfirmed(_ track: Track) -> Bool { track.hits >= persistence.hits }

    /// A confirmed track ends after `maximumMisses`, a young one as soon as it cannot reach `hits` within `window`.
    func hasLost(_ track: Track) -> Bool {
        let limit = max(1, persistence.maximumMisses)
        if isConfirmed(track) { return track.misses >= limit }
        return track.misses >= min(limit, max(1, persistence.window - persistence.hits + 1))
    }
}
