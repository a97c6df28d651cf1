import Integrity
import Outbox
import ShrikeCore

/// What the record of decisions says about the rules that hold from a start, or a new configuration, on.
enum StartRecord {
    /// - Parameter scenes: in the order of the configuration.
    static func record(
        _ kind: JournalRecord.Kind, _ configuration: GatewayConfiguration, scenes: [LoadedScene]
    ) -> JournalRecord {
        JournalRecord(
            kind,
            .object([
                "version": .string(AgentVersion.current),
                // The rendered form hides secrets, so the digest tells nothing about them.
                "configuration_sha256": .string(
                    SHA256Digest(ofUTF8: ConfigurationFile.render(configuration)).hex),
                "scenes": .array(zip(configuration.scenes, scenes).map { describe($0.0.name, $0.1) }),
                "sources": .array(configuration.sources.map { .string($0.id) }),
            ]))
    }

    private static func describe(_ name: String, _ scene: LoadedScene) -> JSONValue {
        .object([
            "name": .string(name), "engine": .string(scene.engine ?? "none"),
            "models": .array(
                ([scene.lineage.scene] + scene.lineage.parents).map { model in
                    .object([
                        "level": .string(model.level.rawValue), "name": .string(model.name),
                        "version": .string(model.version), "digest": .string(model.digest),
                    ])
                }),
            "thresholds": .object(
                Dictionary(
                    scene.definition.classes.map { ($0.code, JSONValue.number($0.threshold, decimals: 4)) },
                    uniquingKeysWith: { first, _ in first })),
        ])
    }
}
