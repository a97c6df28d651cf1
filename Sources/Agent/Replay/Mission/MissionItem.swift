import ShrikeCore

/// One piece of footage of a mission: a video, a sequence of stills, or an address that is taken as it is.
struct MissionItem: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        case video
        /// Files of one folder and one camera.
        case stills([String])
        /// `rtsp://...`, `camera:N` or a glob.
        case address
    }

    /// Path of the video, folder of the stills, or the address.
    var address: String
    /// Shown to people; nothing secret in it.
    var name: String
    var content: Content
    /// Name in topics and alerts where the address alone would not tell it from others; nil derives it from the address.
    var sourceID: String?
    /// Which light it shows; nil where nothing tells.
    var band: FootageBand?
    /// Whether the other light of the same shots is there too.
    var isPaired = false
    /// When it was begun, on the camera's clock.
    var start: Timestamp?
    /// Side-car beside a video.
    var telemetry: String?

    /// Whether a scene of this kind is to look at it: a thermal scene only looks at the thermal half of a pair, a network at the
    /// visible half. Footage of an unknown or only light is looked at by every scene.
    func suits(_ kind: SceneDefinition.Kind) -> Bool {
        guard isPaired, let band else { return true }
        return kind == .thermal ? band == .thermal : band == .visible
    }
}
