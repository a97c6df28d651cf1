public import ShrikeCore

/// All that `shrike run` is told; read from one YAML file, see ``ConfigurationReference`` for every key.
public struct GatewayConfiguration: Hashable, Sendable {
    public var site = "site"
    public var gateway = "gateway"
    /// Folder for the outbox, evidence, caches and the embedded broker.
    public var stateFolder = "shrike-state"
    public var engine = Engine()
    public var decoding = FootageDecoding.isolated
    public var broker = Broker()
    public var sources: [Source] = []
    /// Where models are kept and whose are taken.
    public var models = Models()
    /// Scenes that sources name; each an address and the name sources use.
    public var scenes: [Scene] = []
    public var outbox = Outbox()
    public var journal = Journal()
    public var commands = Commands()
    public var watchdog = Watchdog()
    public var evidence = Evidence()
    public var http = HTTP()
    public var log = Log()

    public init() {}

    public struct Engine: Hashable, Sendable {
        public enum Choice: String, Sendable, CaseIterable { case auto, openvino, onnxruntime, opencv }
        public enum Precision: String, Sendable, CaseIterable { case fp32, bf16 }

        public var choice = Choice.auto
        public var precision = Precision.fp32
        /// Frames analysed at the same time; 0 for one per core.
        public var workers = 0
        /// Folder with the engines' libraries; nil to look in the usual places.
        public var folder: String?

        public init() {}
    }

    public struct Broker: Hashable, Sendable {
        public enum Mode: String, Sendable, CaseIterable { case embedded, external, off }

        public var mode = Mode.embedded
        /// Address of an external broker, `mqtt://host:1883` or `mqtts://host:8883`.
        public var url = ""
        public var username: String?
        public var password: String?
        /// File whose first line is the password.
        public var passwordFile: String?
        public var caFile: String?
        public var certificateFile: String?
        public var keyFile: String?
        /// Port of the embedded broker; 0 for any free one.
        public var port = 1883
        /// When an alert counts as delivered: when the broker has it, or when a consumer says that it has it.
        public var delivery = Delivery.broker
        /// The consumer whose receipts count; nil for anyone's.
        public var consumer: String?

        public enum Delivery: String, Sendable, CaseIterable { case broker, e2e }

        public init() {}
    }

    public struct Source: Hashable, Sendable {
        public enum Kind: String, Sendable, CaseIterable { case auto, camera, drone, file }

        public var id: String
        /// File, folder, glob, `watch:FOLDER`, `rtsp://...` or `camera:N`.
        public var address: String
        public var kind = Kind.auto
        /// Names of scenes; empty for all.
        public var scenes: [String] = []
        /// Frames analysed per second at most; nil for all.
        public var framesPerSecond: Double?
        public var look = LookPolicy.every
        /// Nil: normal for what is live, low for recordings.
        public var urgency: Urgency?
        /// Telemetry side-car; nil to look for one beside a video.
        public var telemetry: String?
        /// Scale of thermal pictures that carry none: °C = offset + gain * value.
        public var thermalScale: ThermalScale?
        /// Height grid that GDAL reads, and list of assets, to place defects on.
        public var terrain: String?
        public var assets: String?

        public init(id: String, address: String) { (self.id, self.address) = (id, address) }
    }

    public struct Scene: Hashable, Sendable {
        public var name: String
        /// `active:NAME`, `NAME:VERSION`, `sha256:...`, a bundle's folder or tar, a folder with `scene.json`, an `.onnx` file,
        /// or `builtin:NAME`.
        public var address: String

        public init(name: String, address: String) { (self.name, self.address) = (name, address) }
    }

    public struct Models: Hashable, Sendable {
        public enum Trust: String, Sendable, CaseIterable { case require, warn, off }

        /// Folder of the model store; nil for `models` in the state folder.
        public var store: String?
        public var trust = Trust.warn
        /// PEM files of public keys whose signatures count.
        public var keys: [String] = []

        public init() {}
    }

    /// What waiting alerts may take up. What is over it is dropped, lowest grade first, and announced.
    public struct Outbox: Hashable, Sendable {
        public var maximumBytes = 1 << 30
        /// Hours that an alert may wait, counted while the gateway runs; 0 for ever.
        public var maximumAgeHours = 0.0
        /// Room kept in the database for alerts on a full disk.
        public var reserveBytes = 64 << 20

        public init() {}
    }

    /// The record of decisions.
    public struct Journal: Hashable, Sendable {
        /// Entries kept; 0 keeps no record.
        public var maximumEntries = 200_000

        public init() {}
    }

    /// Orders over MQTT.
    public struct Commands: Hashable, Sendable {
        public var isEnabled = false
        /// PEM file with the P-256 public key that signs dangerous orders; nil refuses those.
        public var keyFile: String?

        public init() {}
    }

    /// When a stage counts as hanging.
    public struct Watchdog: Hashable, Sendable {
        /// Longest time that a frame may spend in one stage; waiting for a full disk does not count.
        public var stuckSeconds = 60.0

        public init() {}
    }

    public struct Evidence: Hashable, Sendable {
        public var keepDays = 30.0
        public var maximumBytes = 10 << 30
        public var jpegQuality = 85
        /// Free bytes on the disk below which no picture is written.
        public var reserveBytes = 256 << 20
        /// Whether a small picture follows each new alert on MQTT.
        public var thumbnails = true

        public init() {}
    }

    public struct HTTP: Hashable, Sendable {
        public var isEnabled = true
        public var host = "127.0.0.1"
        public var port = 9464

        public init() {}
    }

    public struct Log: Hashable, Sendable {
        public enum Level: String, Sendable, CaseIterable { case trace, debug, info, notice, warning, error }
        public enum Format: String, Sendable, CaseIterable { case text, json }

        public var level = Level.info
        public var format = Format.text

        public init() {}
    }
}
