public import ShrikeCore

extension GatewayConfiguration {
    /// Reads a configuration document.
    ///
    /// - Returns: the configuration, or every mistake with its key path.
    static func read(_ document: JSONValue) -> Result<GatewayConfiguration, ConfigurationProblems> {
        let reader = DocumentReader(document)
        var configuration = GatewayConfiguration()
        configuration.site = name("site", configuration.site, reader)
        configuration.gateway = name("gateway", configuration.gateway, reader)
        configuration.stateFolder = reader.string("state", default: configuration.stateFolder)
        configuration.engine = readEngine(reader.section("engine"))
        configuration.decoding = reader.choice("decoding", default: configuration.decoding)
        configuration.broker = readBroker(reader.section("broker"))
        configuration.models = readModels(reader.section("models"))
        configuration.scenes = reader.sections("scenes").map(readScene)
        configuration.sources = reader.sections("sources").map(readSource)
        configuration.outbox = readOutbox(reader.section("outbox"))
        configuration.journal = readJournal(reader.section("journal"))
        configuration.commands = readCommands(reader.section("commands"))
        configuration.watchdog = readWatchdog(reader.section("watchdog"))
        configuration.evidence = readEvidence(reader.section("evidence"))
        configuration.http = readHTTP(reader.section("http"))
        configuration.log = readLog(reader.section("log"))
        reader.finish()
        check(configuration, reader)
        return reader.problems.isEmpty
            ? .success(configuration) : .failure(ConfigurationProblems(problems: reader.problems))
    }

    private static func check(_ configuration: GatewayConfiguration, _ reader: DocumentReader) {
        if configuration.sources.isEmpty { reader.report("sources", "names no source: nothing to watch") }
        if configuration.scenes.isEmpty { reader.report("scenes", "names no scene: nothing to look for") }
        let names = configuration.scenes.map(\.name)
        for name in Set(names) where names.count(where: { $0 == name }) > 1 {
            reader.report("scenes", "two scenes are called '\(name)'")
        }
        var ids: Set<String> = []
        for (i, source) in configuration.sources.enumerated() {
            if !ids.insert(source.id).inserted {
                reader.report("sources[\(i)].id", "'\(source.id)' is taken by another source")
            }
            for scene in source.scenes where !names.contains(scene) {
                reader.report("sources[\(i)].scenes", "'\(scene)' is no scene; known: \(names.joined(separator: ", "))")
            }
        }
    }

    private static func name(_ key: String, _ fallback: String, _ reader: DocumentReader) -> String {
        let value = reader.string(key, default: fallback)
        if !isTopicName(value) { reader.report(key, "may hold letters, digits, '-', '_' and '.' only, at most 64") }
        return value
    }

    /// Whether the text can be one level of an MQTT topic and of a file name.
    static func isTopicName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && !text.hasPrefix(".")
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0)
                    || [45, 46, 95].contains($0)
            }
    }

    private static func readEngine(_ reader: DocumentReader) -> Engine {
        defer { reader.finish() }
        var engine = Engine()
        engine.choice = reader.choice("choice", default: engine.choice)
        engine.precision = reader.choice("precision", default: engine.precision)
        engine.workers = reader.integer("workers", default: engine.workers, in: 0...64)
        engine.folder = reader.string("folder")
        return engine
    }

    private static func readBroker(_ reader: DocumentReader) -> Broker {
        defer { reader.finish() }
        var broker = Broker()
        broker.url = reader.string("url", default: broker.url)
        broker.mode = reader.choice("mode", default: broker.url.isEmpty ? .embedded : .external)
        broker.username = reader.string("username")
        broker.password = reader.string("password")
        broker.passwordFile = reader.string("password_file")
        broker.caFile = reader.string("ca_file")
        broker.certificateFile = reader.string("certificate_file")
        broker.keyFile = reader.string("key_file")
        broker.port = reader.integer("port", default: broker.port, in: 0...65_535)
        broker.delivery = reader.choice("delivery", default: broker.delivery)
        broker.consumer = reader.string("consumer")
        if let consumer = broker.consumer, !isTopicName(consumer) {
            reader.report("consumer", "may hold letters, digits, '-', '_' and '.' only, at most 64")
        }
        if broker.mode == .external, broker.url.isEmpty { reader.report("url", "is missing: mode is external") }
        if (broker.certificateFile == nil) != (broker.keyFile == nil) {
            reader.report("certificate_file", "and key_file belong together")
        }
        if broker.password != nil, broker.passwordFile != nil {
            reader.report("password_file", "and password exclude each other")
        }
        return broker
    }

    private static func readModels(_ reader: DocumentReader) -> Models {
        defer { reader.finish() }
        var models = Models()
        models.store = reader.string("store")
        models.keys = reader.strings("keys")
        models.trust = reader.choice("trust", default: models.keys.isEmpty ? .warn : .require)
        if models.trust == .require, models.keys.isEmpty {
            reader.report("trust", "is require, but keys names no file with a public key")
        }
        return models
    }

    private static func readScene(_ reader: DocumentReader) -> Scene {
        defer { reader.finish() }
        let address = reader.requiredString("address")
        let scene = Scene(name: name("name", SceneLibrary.defaultName(of: address), reader), address: address)
        return scene
    }

    private static func readSource(_ reader: DocumentReader) -> Source {
        defer { reader.finish() }
        let id = reader.requiredString("id")
        if !id.isEmpty, !isTopicName(id) {
            reader.report("id", "may hold letters, digits, '-', '_' and '.' only, at most 64")
        }
        var source = Source(id: id, address: reader.requiredString("address"))
        source.kind = reader.choice("kind", default: source.kind)
        source.scenes = reader.strings("scenes")
        source.framesPerSecond = reader.number("fps", in: 0.01...1000)
        source.look = reader.choice("look", default: source.look)
        if reader.has("urgency") { source.urgency = reader.choice("urgency", default: .normal) }
        source.telemetry = reader.string("telemetry")
        source.terrain = reader.string("terrain")
        source.assets = reader.string("assets")
        if reader.has("thermal_scale") {
            let scale = reader.section("thermal_scale")
            source.thermalScale = ThermalScale(
                gain: scale.number("gain", default: 1, in: -1000...1000),
                offset: scale.number("offset", default: 0, in: -100_000...100_000))
            scale.finish()
        } else {
            _ = reader.value("thermal_scale")
        }
        return source
    }

    private static func readOutbox(_ reader: DocumentReader) -> Outbox {
        defer { reader.finish() }
        var outbox = Outbox()
        outbox.maximumBytes = reader.integer("max_bytes", default: outbox.maximumBytes, in: (1 << 16)...(1 << 50))
        outbox.maximumAgeHours = reader.number("max_age_hours", default: outbox.maximumAgeHours, in: 0...876_000)
        outbox.reserveBytes = reader.integer("reserve_bytes", default: outbox.reserveBytes, in: 0...(1 << 40))
        return outbox
    }

    private static func readJournal(_ reader: DocumentReader) -> Journal {
        defer { reader.finish() }
        var journal = Journal()
        journal.maximumEntries = reader.integer("max_entries", default: journal.maximumEntries, in: 0...100_000_000)
        return journal
    }

    private static func readCommands(_ reader: DocumentReader) -> Commands {
        defer { reader.finish() }
        var commands = Commands()
        commands.isEnabled = reader.bool("enabled", default: commands.isEnabled)
        commands.keyFile = reader.string("key_file")
        return commands
    }

    private static func readWatchdog(_ reader: DocumentReader) -> Watchdog {
        defer { reader.finish() }
        var watchdog = Watchdog()
        watchdog.stuckSeconds = reader.number("stuck_seconds", default: watchdog.stuckSeconds, in: 1...86_400)
        return watchdog
    }

    private static func readEvidence(_ reader: DocumentReader) -> Evidence {
        defer { reader.finish() }
        var evidence = Evidence()
        evidence.keepDays = reader.number("keep_days", default: evidence.keepDays, in: 0...36_500)
        evidence.maximumBytes = reader.integer("max_bytes", default: evidence.maximumBytes, in: 0...(1 << 50))
        evidence.jpegQuality = reader.integer("jpeg_quality", default: evidence.jpegQuality, in: 20...100)
        evidence.reserveBytes = reader.integer("reserve_bytes", default: evidence.reserveBytes, in: 0...(1 << 50))
        evidence.thumbnails = reader.bool("thumbnails", default: evidence.thumbnails)
        return evidence
    }

    private static func readHTTP(_ reader: DocumentReader) -> HTTP {
        defer { reader.finish() }
        var http = HTTP()
        http.isEnabled = reader.bool("enabled", default: http.isEnabled)
        http.host = reader.string("host", default: http.host)
        http.port = reader.integer("port", default: http.port, in: 0...65_535)
        return http
    }

    private static func readLog(_ reader: DocumentReader) -> Log {
        defer { reader.finish() }
        var log = Log()
        log.level = reader.choice("level", default: log.level)
        log.format = reader.choice("format", default: log.format)
        return log
    }
}

/// All that is wrong with a configuration file.
public struct ConfigurationProblems: Error, Hashable, Sendable {
    public var problems: [DocumentProblem]
}
