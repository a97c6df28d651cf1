public import ShrikeCore

/// What `shrike replay` is asked to do.
public struct ReplayOptions: Sendable {
    /// Video files, pictures, folders, globs, `rtsp://...` or `camera:N`.
    public var footage: [String] = []
    /// Addresses of scenes: folders, `.onnx` files, `builtin:NAME`.
    public var scenes: [String] = []
    /// Telemetry of the footage; nil looks for a side-car beside each video.
    public var telemetry: String?
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
    /// Folder of an earlier run to compare with.
    public var baseline: String?
    public var site = "local"
    public var gateway = "local"
    public var engine = GatewayConfiguration.Engine()
    /// How clips of the defects in videos are made.
    public var clips = Clips.copy
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
    /// Folder for compiled networks; nil keeps none.
    public var cacheFolder: String?

    public enum Clips: String, Sendable, CaseIterable {
        /// Cut without encoding again, boxes in a subtitle file beside; burnt in where that cannot be done.
        case copy
        /// Encoded again with the boxes drawn in.
        case burnt
        case none
    }

    public init() {}
}
