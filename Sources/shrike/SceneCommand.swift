import Agent
import ArgumentParser
import ShrikeCore

struct SceneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scene",
        abstract: "Scenes of the store: teach, forget, merge, test, list, show, activate, roll back.",
        subcommands: [
            New.self, Teach.self, Forget.self, Merge.self, Test.self, List.self, Show.self, Activate.self,
            RollBack.self,
        ])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "All scenes and versions; the active one is marked.")

        @OptionGroup var models: ModelOptions

        func run() throws { try models.show(ModelDesk(models.settings).listScenes()) }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "A scene and what it rides on.")

        @Argument(help: "NAME:VERSION, sha256:..., active:NAME, or a layout folder or tar.") var scene: String
        @OptionGroup var models: ModelOptions

        func run() throws { try models.show(ModelDesk(models.settings).show(scene)) }
    }

    struct Activate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Make a version the active one once it is verified here; a running agent follows between two frames.")

        @Argument(help: "NAME:VERSION, sha256:..., or a layout folder or tar.") var scene: String
        @OptionGroup var models: ModelOptions
        @OptionGroup var engine: EngineOptions

        func run() throws {
            var settings = models.settings
            (settings.engine, settings.cacheFolder) = (engine.settings, engine.cache)
            try models.show(ModelDesk(settings).activate(scene))
        }
    }

    struct RollBack: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rollback", abstract: "Make the version before the active one active again.")

        @Argument(help: "Name of the scene.") var name: String
        @OptionGroup var models: ModelOptions

        func run() throws { try models.show(ModelDesk(models.settings).rollBack(name)) }
    }
}
