import ShrikeCore

/// One key of `gateway.yaml` with its type, default and meaning; what `--print-config` shows and the environment may override.
struct ConfigurationKey: Sendable {
    enum Kind: String, Sendable { case text, number, integer, flag }

    var path: String
    var kind: Kind
    var range: String
    var meaning: String
    var isSecret = false
    var value: @Sendable (GatewayConfiguration) -> JSONValue?

    /// `broker.url` is overridden by `SHRIKE_BROKER_URL`.
    var environmentName: String {
        "SHRIKE_" + path.replacing(".", with: "_").uppercased()
    }
}

/// Every scalar key, in the order of the file; lists (`sources`, `scenes`) are documented in ``ConfigurationReference/lists``.
enum ConfigurationReference {
    static let keys: [ConfigurationKey] = [
        .init(
            path: "site", kind: .text, range: "letters, digits, - _ .",
            meaning: "name of the place, part of every topic"
        ) {
            .string($0.site)
        },
        .init(
            path: "gateway", kind: .text, range: "letters, digits, - _ .",
            meaning: "name of this gateway, part of every topic"
        ) { .string($0.gateway) },
        .init(path: "state", kind: .text, range: "a folder", meaning: "outbox, evidence, caches, embedded broker") {
            .string($0.stateFolder)
        },
        .init(
            path: "engine.choice", kind: .text, range: "auto, openvino, onnxruntime, opencv",
            meaning: "inference engine; auto takes the first that works"
        ) { .string($0.engine.choice.rawValue) },
        .init(
            path: "engine.precision", kind: .text, range: "fp32, bf16",
            meaning: "arithmetic of fp32 networks; thresholds belong to the precision they were set in"
        ) { .string($0.engine.precision.rawValue) },
        .init(
            path: "engine.workers", kind: .integer, range: "0 to 64",
            meaning: "frames analysed at once; 0: one per core"
        ) { .integer(Int64($0.engine.workers)) },
        .init(path: "engine.folder", kind: .text, range: "a folder", meaning: "where the engines' libraries are") {
            $0.engine.folder.map { .string($0) }
        },
        .init(
            path: "decoding", kind: .text, range: "isolated, in-process",
            meaning: "isolated: each source is decoded in a confined process of its own, which may crash without harm"
        ) { .string($0.decoding.rawValue) },
        .init(
            path: "models.store", kind: .text, range: "a folder",
            meaning: "where bundles are kept; `models` in the state folder when absent"
        ) { $0.models.store.map { .string($0) } },
        .init(
            path: "models.trust", kind: .text, range: "require, warn, off",
            meaning: "models without a signature of a trusted key are refused, told, or not looked at; "
                + "require when keys are named"
        ) { .string($0.models.trust.rawValue) },
        .init(
            path: "broker.mode", kind: .text, range: "embedded, external, off",
            meaning: "embedded: a private mosquitto on loopback; external when url is set"
        ) { .string($0.broker.mode.rawValue) },
        .init(
            path: "broker.url", kind: .text, range: "mqtt://host:1883, mqtts://host:8883", meaning: "external broker"
        ) { .string(RedactedAddress.redact($0.broker.url)) },
        .init(path: "broker.username", kind: .text, range: "", meaning: "user name at the broker") {
            $0.broker.username.map { .string($0) }
        },
        .init(
            path: "broker.password", kind: .text, range: "", meaning: "password at the broker; better in password_file",
            isSecret: true
        ) { $0.broker.password.map { .string($0) } },
        .init(path: "broker.password_file", kind: .text, range: "a file", meaning: "its first line is the password") {
            $0.broker.passwordFile.map { .string($0) }
        },
        .init(
            path: "broker.ca_file", kind: .text, range: "a PEM file",
            meaning: "authorities that may sign the broker; the system's when absent"
        ) { $0.broker.caFile.map { .string($0) } },
        .init(path: "broker.certificate_file", kind: .text, range: "a PEM file", meaning: "client certificate") {
            $0.broker.certificateFile.map { .string($0) }
        },
        .init(path: "broker.key_file", kind: .text, range: "a PEM file", meaning: "key of the client certificate") {
            $0.broker.keyFile.map { .string($0) }
        },
        .init(
            path: "broker.port", kind: .integer, range: "0 to 65535",
            meaning: "port of the embedded broker; 0: any free one"
        ) { .integer(Int64($0.broker.port)) },
        .init(
            path: "broker.delivery", kind: .text, range: "broker, e2e",
            meaning:
                "an alert leaves the outbox when the broker has it, or when a consumer says so (`shrike alerts --ack`)"
        ) { .string($0.broker.delivery.rawValue) },
        .init(
            path: "broker.consumer", kind: .text, range: "letters, digits, - _ .",
            meaning: "with e2e: the consumer whose receipts count; anyone's when absent"
        ) { $0.broker.consumer.map { .string($0) } },
        .init(
            path: "outbox.max_bytes", kind: .integer, range: "65536 and up",
            meaning: "waiting alerts take this much at most; oldest of the lowest grade go first, announced"
        ) { .integer(Int64($0.outbox.maximumBytes)) },
        .init(
            path: "outbox.max_age_hours", kind: .number, range: "0 to 876000",
            meaning: "alerts that waited longer go, announced; counted while the gateway runs; 0: never"
        ) { .number($0.outbox.maximumAgeHours) },
        .init(
            path: "outbox.reserve_bytes", kind: .integer, range: "0 and up",
            meaning: "room kept in the database for alerts on a full disk; 2.5 KiB take one"
        ) { .integer(Int64($0.outbox.reserveBytes)) },
        .init(
            path: "journal.max_entries", kind: .integer, range: "0 and up",
            meaning: "entries of the record of decisions that are kept; 0: none (`shrike journal`)"
        ) { .integer(Int64($0.journal.maximumEntries)) },
        .init(
            path: "commands.enabled", kind: .flag, range: "true, false",
            meaning: "takes orders over MQTT (`shrike command`)"
        ) { .bool($0.commands.isEnabled) },
        .init(
            path: "commands.key_file", kind: .text, range: "a PEM file",
            meaning: "P-256 public key that signs mute, threshold, source and model; they are refused when absent"
        ) { $0.commands.keyFile.map { .string($0) } },
        .init(
            path: "watchdog.stuck_seconds", kind: .number, range: "1 to 86400",
            meaning: "a frame that spends longer in one stage: the stage hangs, systemd restarts the agent"
        ) { .number($0.watchdog.stuckSeconds) },
        .init(path: "evidence.keep_days", kind: .number, range: "0 to 36500", meaning: "pictures older than this go") {
            .number($0.evidence.keepDays)
        },
        .init(
            path: "evidence.max_bytes", kind: .integer, range: "0 and up",
            meaning: "pictures take this much at most; lowest grade, then oldest go first"
        ) { .integer(Int64($0.evidence.maximumBytes)) },
        .init(path: "evidence.jpeg_quality", kind: .integer, range: "20 to 100", meaning: "quality of pictures") {
            .integer(Int64($0.evidence.jpegQuality))
        },
        .init(
            path: "evidence.reserve_bytes", kind: .integer, range: "0 and up",
            meaning: "free disk below which alerts go out without a picture"
        ) { .integer(Int64($0.evidence.reserveBytes)) },
        .init(
            path: "evidence.thumbnails", kind: .flag, range: "true, false",
            meaning: "a small picture follows each new alert on MQTT"
        ) { .bool($0.evidence.thumbnails) },
        .init(path: "http.enabled", kind: .flag, range: "true, false", meaning: "/metrics and /healthz") {
            .bool($0.http.isEnabled)
        },
        .init(
            path: "http.host", kind: .text, range: "an address", meaning: "where HTTP listens; loopback unless you must"
        ) {
            .string($0.http.host)
        },
        .init(path: "http.port", kind: .integer, range: "0 to 65535", meaning: "port of HTTP; 0: any free one") {
            .integer(Int64($0.http.port))
        },
        .init(
            path: "log.level", kind: .text, range: "trace, debug, info, notice, warning, error",
            meaning: "least level that is logged"
        ) { .string($0.log.level.rawValue) },
        .init(path: "log.format", kind: .text, range: "text, json", meaning: "json: one document a line") {
            .string($0.log.format.rawValue)
        },
    ]

    /// The keys of list elements.
    static let lists = """
        # models.keys: [plant.pub]         list of PEM files, default none: public keys whose signatures count
        # scenes:                          what to look for
        #   - address: active:roof             text, required: active:NAME (followed while running), NAME:VERSION, sha256:...,
        #                                      a bundle's folder or tar, a folder with scene.json, an .onnx file, builtin:NAME
        #     name: solar                      text, default from the address: how sources call it
        # sources:                         where to look
        #   - id: north-line                   text, required: letters, digits, - _ .
        #     address: rtsp://camera/stream    text, required: file, folder, glob, watch:FOLDER, rtsp://..., camera:N
        #     kind: auto                       auto, camera, drone, file
        #     scenes: [solar]                  list of scene names, default all
        #     fps: 5                           number, 0.01 to 1000, default all frames: most frames analysed a second
        #     look: every                      every, changes, default every: changes looks only at frames that show something new
        #     urgency: normal                  high, normal, low, default normal, for recordings low: whose frames go first under load
        #     telemetry: flight.SRT            text, default the side-car beside a video, or what the video carries
        #     thermal_scale: {gain: 0.04, offset: -40}   numbers, default none: °C = offset + gain * pixel value
        #     terrain: heights.tif             text, default level ground: a height grid that GDAL reads
        #     assets: towers.geojson           text, default none: towers, spans, panels (GeoJSON or CSV)
        """

    /// The effective configuration as commented YAML; secrets are replaced.
    static func render(_ configuration: GatewayConfiguration) -> String {
        let defaults = GatewayConfiguration()
        var out = "# Effective configuration. Every key may be overridden by the environment variable behind it.\n"
        var section = ""
        for key in keys {
            let parts = key.path.split(separator: ".").map(String.init)
            if parts.count == 2, parts[0] != section {
                section = parts[0]
                out += "\(section):\n"
            }
            let value = key.value(configuration)
            let text = key.isSecret && value != nil ? "\"(hidden)\"" : value?.canonicalText ?? ""
            let fallback = key.value(defaults)?.canonicalText ?? "none"
            out += "\(parts.count == 2 ? "  " : "")\(parts[parts.count - 1]):\(text.isEmpty ? "" : " " + text)"
            out +=
                "  # \(key.kind.rawValue)\(key.range.isEmpty ? "" : " (\(key.range))"), default \(fallback): \(key.meaning)"
            out += " [\(key.environmentName)]\n"
        }
        out += lists + "\n" + renderLists(configuration)
        return out
    }

    private static func renderLists(_ configuration: GatewayConfiguration) -> String {
        var out =
            "# models.keys: [\(configuration.models.keys.map { JSONValue.string($0).canonicalText }.joined(separator: ", "))]\n"
        out += "scenes:\n"
        for scene in configuration.scenes {
            out += "  - address: \(JSONValue.string(scene.address).canonicalText)\n    name: \(scene.name)\n"
        }
        out += "sources:\n"
        for source in configuration.sources {
            out += "  - id: \(source.id)\n"
            out += "    address: \(JSONValue.string(RedactedAddress.redact(source.address)).canonicalText)\n"
            out += "    kind: \(source.kind.rawValue)\n"
            if !source.scenes.isEmpty { out += "    scenes: [\(source.scenes.joined(separator: ", "))]\n" }
            if let fps = source.framesPerSecond { out += "    fps: \(JSONValue.number(fps).canonicalText)\n" }
            if source.look != .every { out += "    look: \(source.look.rawValue)\n" }
            if let urgency = source.urgency { out += "    urgency: \(urgency.rawValue)\n" }
            if let scale = source.thermalScale {
                let (gain, offset) = (JSONValue.number(scale.gain), JSONValue.number(scale.offset))
                out += "    thermal_scale: {gain: \(gain.canonicalText), offset: \(offset.canonicalText)}\n"
            }
            for (key, file) in [("terrain", source.terrain), ("assets", source.assets)] {
                if let file { out += "    \(key): \(JSONValue.string(file).canonicalText)\n" }
            }
            if let file = source.telemetry { out += "    telemetry: \(JSONValue.string(file).canonicalText)\n" }
        }
        return out
    }
}
