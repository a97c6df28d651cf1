import Reporting
public import ShrikeCore

/// What `shrike replay` is asked to do.
public struct ReplayOptions: Sendable {
    /// Video files, pictures, folders, globs, `rtsp://...` or `camera:N`.
    public var footage: [String] = []
    /// Addresses of scenes: folders, `.onnx` files, `builtin:NAME`.
    public var scenes: [String] = []
    public var telemetry = TelemetryOptions()
    /// Scale of thermal pictures that carry none.
    public var thermalScale: ThermalScale?
    /// Height grid that GDAL reads, and list of assets (GeoJSON, CSV), to place defects on.
    public var terrain: String?
    public var assets: String?
    /// `defects.json` of the site, kept over its runs; nil keeps one in the results, for this run alone.
    public var siteRecord: String?
    /// Folder for the results.
    public var outputFolder = "replay-out"
    /// Media seconds per second; nil for as fast as it goes.
    public var speed: Double?
    public var from: MediaTime?
    public var to: MediaTime?
    /// Broker to publish to, below `replay/<run>`; nil publishes nothing.
    public var brokerURL: String?
    /// Folder of an earlier run to compare with; nil compares two scenes of the run where they look for the same.
    public var baseline: String?
    /// When a run is worse than its baseline.
    public var gate = Gate()
    public var site = "local"
    public var gateway = "local"
    public var engine = GatewayConfiguration.Engine()
    /// Store, trust and keys.
    public var models = ModelDesk.Options()
    /// How clips of the defects in videos are made.
    public var clips = Clips.copy
    public var decoding = FootageDecoding.isolated
    /// Seconds of footage before and after the frame of the alert, 0 to 60.
    public var clipSeconds = (before: 2.0, after: 2.0)
    /// Every scene looks at all footage, also where the card holds thermal and visible pictures of the same shots.
    public var usesAllScenes = false
    /// Begins anew where an earlier run of the same plan could be continued.
    public var isFresh = false
    /// A run that is finished begins anew, for somebody who watches.
    public var playsAgain = false
    /// The share of the work that this run does; nil for all of it.
    public var shard: ReplayShard?
    /// Frames analysed per second of footage; nil for all.
    public var framesPerSecond: Double?
    /// Which frames of videos are looked at.
    public var look = LookPolicy.every
    /// Folder for compiled networks; nil keeps none.
    public var cacheFolder: String?

    public enum Clips: String, Sendable, CaseIterable {
        /// Cut without encoding again, boxes in a subtitle file beside; burnt in where that cannot be done.
        case copy
        /// Encoded again with the boxes drawn in.
        case burnt
        case none
    }

    /// Shares of a class's baseline defects, from 0.
    public struct Gate: Hashable, Sendable {
        /// That may be lost.
        public var lost = 0.05
        /// That may be added; nil allows any number.
        public var added: Double?

        public init() {}

        var comparisonGate: ReplayComparison.Gate {
            ReplayComparison.Gate(maximumLostShare: lost, maximumAddedShare: added)
        }
    }

    public init() {}
}
